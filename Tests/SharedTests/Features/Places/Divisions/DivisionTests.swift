import Callers
import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Administrative divisions")
struct DivisionTests {
    private let divisions = Divisions()

    private func code(_ text: String) throws -> DivisionCode { try #require(DivisionCode(text)) }

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    private func new(_ code: String, _ name: String) throws -> NewDivision {
        NewDivision(code: try self.code(code), name: name, point: GeographicPoint(latitude: 36, longitude: 117))
    }

    private func add(_ code: String, _ name: String, from day: String? = nil, to pool: PostgresPool) async throws -> Int64 {
        let new = try new(code, name)
        let day = try day.map { try self.day($0) }
        return try await pool.withTransaction { try await divisions.add(new, from: day, in: $0) }.division.id
    }

    @Test("that are renamed or recoded become others, and both histories are told")
    func histories() async throws {
        try await withTestDatabase { pool in
            let old = try await add("451023000000", "平果县", to: pool)
            let renamed = try await pool.withTransaction { try await divisions.rename(old, "平果", on: try day("2019-01-01"), in: $0) }
            #expect(renamed.division.code == "451023000000")
            #expect(renamed.division.validFrom?.description == "2019-01-01")
            #expect(renamed.division.point == GeographicPoint(latitude: 36, longitude: 117))
            let recoded = try await pool.withTransaction {
                try await divisions.recode(
                    renamed.division.id, try code("451082000000"), name: "平果市", on: try day("2019-12-01"), in: $0)
            }
            #expect(recoded.division.name == "平果市")
            #expect(recoded.predecessors.map(\.change) == [.recoded])
            let middle = try await divisions.division(renamed.division.id, in: pool)
            #expect(middle.division.validTo?.description == "2019-12-01")
            #expect(
                middle.predecessors == [
                    DivisionRecord.Step(division: try await divisions.division(old, in: pool).division, change: .renamed)
                ])
            #expect(middle.successors.map(\.division) == [recoded.division])

            let all = try await PlacesFixture.all(1) {
                try await divisions.divisions(DivisionFilter(codePrefix: "4510"), page: $0, in: pool)
            }
            #expect(all.map(\.division.id) == [old, renamed.division.id, recoded.division.id])
            let current = try await divisions.divisions(DivisionFilter(isRetired: false), page: PageRequest(), in: pool)
            #expect(current.items.map(\.division.id) == [recoded.division.id])
            let cities = try await divisions.divisions(DivisionFilter(level: .city), page: PageRequest(), in: pool)
            #expect(cities.items.isEmpty)
        }
    }

    @Test("share a code at different times only")
    func codes() async throws {
        try await withTestDatabase { pool in
            let first = try await add("132201000000", "邢台市", from: "1980-01-01", to: pool)
            await expectRefusal("division_code_taken") { _ = try await add("132201000000", "南宫市", to: pool) }
            _ = try await pool.withTransaction { try await divisions.retire(first, on: try day("1983-11-15"), in: $0) }
            await expectRefusal("division_code_taken") { _ = try await add("132201000000", "南宫市", from: "1983-11-14", to: pool) }
            await expectRefusal("division_code_taken") { _ = try await add("132201000000", "南宫市", to: pool) }
            let second = try await add("132201000000", "南宫市", from: "1986-03-05", to: pool)
            let other = try await add("132202000000", "沙河市", to: pool)
            await expectRefusal("division_code_taken") {
                _ = try await pool.withTransaction {
                    try await divisions.recode(other, try code("132201000000"), name: nil, on: nil, in: $0)
                }
            }
            #expect(try await divisions.division(other, in: pool).division.isRetired == false)
            #expect(first != second)
        }
    }

    @Test("become no part of themselves, and nothing that they were before: there is no cycle of successors")
    func cycles() async throws {
        try await withTestDatabase { pool in
            let one = try await add("310103000000", "卢湾区", to: pool)
            let other = try await add("310101000000", "黄浦区", to: pool)
            @Sendable func merge(_ id: Int64, into otherID: Int64) async throws {
                _ = try await pool.withTransaction { try await divisions.merge(id, into: otherID, on: nil, in: $0) }
            }
            await expectRefusal("division_is_itself") { try await merge(one, into: one) }
            await expectRefusal("division_unknown") { try await merge(one, into: 999_999) }
            await expectRefusal("not_found") { try await merge(999_999, into: one) }
            try await merge(one, into: other)
            await expectRefusal("division_retired") { try await merge(other, into: one) }
            await expectRefusal("division_retired") { try await merge(one, into: other) }
            await expectRefusal("division_retired") {
                _ = try await pool.withTransaction { try await divisions.rename(one, "卢湾", on: nil, in: $0) }
            }
            // Nor by two at once.
            let third = try await add("310104000000", "徐汇区", to: pool)
            async let there: Void = merge(other, into: third)
            async let back: Void = merge(third, into: other)
            var merged = 0
            do { try await there; merged += 1 } catch let refusal as Refusal { #expect(refusal.code == "division_retired") }
            do { try await back; merged += 1 } catch let refusal as Refusal { #expect(refusal.code == "division_retired") }
            #expect(merged == 1)
        }
    }

    @Test("change on a day that has come and on which they were there, within their level")
    func days() async throws {
        try await withTestDatabase { pool in
            let id = try await add("340181000000", "巢湖市", from: "2011-08-22", to: pool)
            let city = try await add("340100000000", "合肥市", to: pool)
            await expectRefusal("division_day_invalid") {
                _ = try await pool.withTransaction { try await divisions.retire(id, on: try day("2011-08-21"), in: $0) }
            }
            await expectRefusal("division_day_invalid") {
                _ = try await pool.withTransaction { try await divisions.rename(id, "巢湖", on: try day("9999-12-31"), in: $0) }
            }
            await expectRefusal("division_day_invalid") { _ = try await add("340102000000", "瑶海区", from: "9999-12-31", to: pool) }
            await expectRefusal("division_level_differs") {
                _ = try await pool.withTransaction { try await divisions.merge(id, into: city, on: nil, in: $0) }
            }
            await expectRefusal("division_level_differs") {
                _ = try await pool.withTransaction {
                    try await divisions.recode(id, try code("341400000000"), name: nil, on: nil, in: $0)
                }
            }
            // A name that was wrong from the first day on.
            let mended = try await pool.withTransaction { try await divisions.rename(id, "巢湖", on: try day("2011-08-22"), in: $0) }
            #expect(mended.division.validFrom?.description == "2011-08-22")
        }
    }

    @Test("leave what refers to them to be listed and moved, to what they became in the end")
    func moving() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1, code: "310000")
            let merchant = try await fixture.merchant()
            let old = try await add("310103000000", "卢湾区", to: pool)
            let other = try await add("310101000000", "黄浦区", to: pool)
            let cinemas = try await [
                fixture.add(fixture.newCinema(district: "卢湾区"), to: merchant),
                fixture.add(fixture.newCinema(district: "卢湾区"), to: merchant),
            ]
            #expect(cinemas.map(\.districtID) == [old, old])
            await expectRefusal("division_not_retired") {
                _ = try await pool.withTransaction { try await divisions.moveReferences(of: old, to: other, only: nil, in: $0) }
            }
            _ = try await pool.withTransaction { try await divisions.merge(old, into: other, on: nil, in: $0) }
            let next = try await pool.withTransaction { try await divisions.rename(other, "大黄浦区", on: nil, in: $0) }.division.id

            let listed = try await PlacesFixture.all(1) { try await divisions.references(to: old, page: $0, in: pool) }
            #expect(listed == cinemas.map { DivisionReference(kind: .cinema, id: $0.id, name: $0.name) })
            await expectRefusal("division_retired") {
                _ = try await pool.withTransaction { try await divisions.moveReferences(of: old, to: other, only: nil, in: $0) }
            }
            let stranger = try await add("310104000000", "徐汇区", to: pool)
            await expectRefusal("division_not_successor") {
                _ = try await pool.withTransaction { try await divisions.moveReferences(of: old, to: stranger, only: nil, in: $0) }
            }
            let some = try await pool.withTransaction {
                try await divisions.moveReferences(of: old, to: next, only: [cinemas[1].id, 999], in: $0)
            }
            #expect(some == MovedReferences(cinemas: 1, cities: 0))
            let rest = try await pool.withTransaction { try await divisions.moveReferences(of: old, to: next, only: nil, in: $0) }
            #expect(rest == MovedReferences(cinemas: 1, cities: 0))
            let moved = try await fixture.places.cinema(cinemas[0].id, scope: .everybody, in: pool)
            #expect((moved.districtID, moved.district, moved.cityID, moved.version) == (next, "大黄浦区", 1, 2))
            #expect(try await divisions.references(to: old, page: PageRequest(), in: pool).items.isEmpty)
        }
    }

    @Test("that are cities take the city of the list along: to its new code, or into the city that it became a part of")
    func cities() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let merchant = try await fixture.merchant()
            let jinan = try await add("370100000000", "济南市", to: pool)
            let laiwu = try await add("371200000000", "莱芜市", to: pool)
            let bijie = try await add("522401000000", "毕节市", to: pool)
            let laicheng = try await add("371202000000", "莱城区", to: pool)
            try await fixture.city(1, code: "370100")
            try await fixture.city(2, code: "371200")
            try await fixture.city(3, code: "522401")
            try await pool.execute(
                """
                UPDATE cities
                SET division_id = administrative_divisions.id
                FROM administrative_divisions
                WHERE administrative_divisions.code = cities.code || '000000'
                """)
            let cinema = try await fixture.add(fixture.newCinema(cityID: 2, district: "莱城区", latitude: 36, longitude: 117), to: merchant)
            #expect(bijie > 0)
            // The district first, then the city around it.
            let district = try await pool.withTransaction {
                try await divisions.recode(laicheng, try code("370116000000"), name: "莱芜区", on: try day("2019-01-09"), in: $0)
            }.division.id
            _ = try await pool.withTransaction {
                try await divisions.moveReferences(of: laicheng, to: district, only: nil, in: $0)
            }
            let moved = try await fixture.places.cinema(cinema.id, scope: .everybody, in: pool)
            #expect((moved.cityID, moved.districtID, moved.district) == (1, district, "莱芜区"))

            let second = try await fixture.add(fixture.newCinema(cityID: 2, district: "", latitude: 36, longitude: 117), to: merchant)
            _ = try await pool.withTransaction { try await divisions.merge(laiwu, into: jinan, on: nil, in: $0) }
            #expect(try await divisions.references(to: laiwu, page: PageRequest(), in: pool).items.map(\.kind) == [.city])
            let answer = try await pool.withTransaction { try await divisions.moveReferences(of: laiwu, to: jinan, only: nil, in: $0) }
            #expect(answer == MovedReferences(cinemas: 0, cities: 1))
            #expect(try await fixture.places.city(2, in: pool).parentID == 1)
            #expect(try await fixture.places.cinema(second.id, scope: .everybody, in: pool).cityID == 1)
        }
    }

    @Test("have no two of one code at a time, whatever is done with them")
    func randomHistories() async throws {
        try await withTestDatabase { pool in
            var numbers = SeededNumbers(seed: 11, .cities)
            let codes = (1...6).map { "3701\($0 < 10 ? "0" : "")\($0)000000" }
            var ids: [Int64] = []
            for (place, code) in codes.enumerated().prefix(3) { ids.append(try await add(code, "区\(place)", to: pool)) }
            for step in 0..<120 {
                let id = numbers.pick(ids)
                let other = numbers.pick(ids)
                let (free, part) = (try code(numbers.pick(codes)), try new(numbers.pick(codes), "部\(step)"))
                let part2 = try new(numbers.pick(codes), "分\(step)")
                let choice = numbers.below(5)
                do {
                    let record = try await pool.withTransaction { transaction in
                        switch choice {
                        case 0: try await divisions.rename(id, "名\(step)", on: nil, in: transaction)
                        case 1: try await divisions.recode(id, free, name: nil, on: nil, in: transaction)
                        case 2: try await divisions.merge(id, into: other, on: nil, in: transaction)
                        case 3: try await divisions.split(id, into: [part, part2], on: nil, in: transaction)
                        default: try await divisions.add(part, from: nil, in: transaction)
                        }
                    }
                    ids += [record.division.id] + record.successors.map(\.division.id)
                    ids = Array(Set(ids)).sorted()
                } catch let refusal as Refusal {
                    #expect(refusal.code.hasPrefix("division_"), "\(refusal)")
                }
            }
            let all = try await PlacesFixture.all(50) { try await divisions.divisions(DivisionFilter(), page: $0, in: pool) }
            #expect(all.count > 10)
            let current = all.filter { !$0.division.isRetired }.map(\.division.code)
            #expect(Set(current).count == current.count)
            for record in all {
                #expect(record.division.isRetired || record.successors.isEmpty)
                // Each chain of successors ends.
                var (open, seen) = ([record.division.id], Set<Int64>())
                while let next = open.popLast() {
                    let following = all.first { $0.division.id == next }?.successors.map(\.division.id) ?? []
                    #expect(!following.contains(record.division.id))
                    open += following.filter { seen.insert($0).inserted }
                }
            }
        }
    }
}

@Suite("The rules of divisions")
struct DivisionRuleTests {
    @Test("find what a division became in the end, even where the links went in a circle")
    func heirs() {
        func link(_ from: Int64, _ to: Int64) -> DivisionLink { DivisionLink(divisionID: from, successorID: to, change: .split) }
        let links = [link(1, 2), link(1, 3), link(2, 4), link(3, 4), link(4, 5), link(4, 6), link(6, 1)]
        #expect(DivisionRules.heirs(of: 1, links: links, retired: [1, 2, 3, 4, 6]) == [5])
        #expect(DivisionRules.heirs(of: 1, links: links, retired: [1, 2, 3]) == [4])
        #expect(DivisionRules.heirs(of: 5, links: links, retired: []) == [])
        #expect(DivisionRules.heirs(of: 1, links: [], retired: [1]) == [])
    }

    @Test("take a district by name, by id, or by both where they agree")
    func choosing() throws {
        func division(_ id: Int64, _ name: String) -> AdministrativeDivision {
            AdministrativeDivision(
                id: id, code: "11010\(id)000000", name: name, level: .district, point: nil, validFrom: nil, validTo: nil)
        }
        let districts = [division(1, "东城区"), division(2, "西城区")]
        func chosen(_ name: String, _ id: Int64?) throws -> ChosenDistrict { try ChosenDistrict(name: name, id: id, among: districts) }
        #expect(try chosen("西城区", nil) == ChosenDistrict(id: 2, name: "西城区"))
        #expect(try chosen("", 1) == ChosenDistrict(id: 1, name: "东城区"))
        #expect(try chosen("东城区", 1) == ChosenDistrict(id: 1, name: "东城区"))
        #expect(try chosen("", nil) == ChosenDistrict(id: nil, name: ""))
        #expect(throws: Refusal.districtMismatch) { try chosen("西城区", 1) }
        #expect(throws: Refusal.districtOutsideCity) { try chosen("海淀区", nil) }
        #expect(throws: Refusal(.invalid(pointer: "/district_id"), "district_outside_city")) { try chosen("", 3) }
        #expect(try ChosenDistrict(name: "开发区", id: nil, among: []) == ChosenDistrict(id: nil, name: "开发区"))
        #expect(throws: Refusal.self) { try ChosenDistrict(name: "", id: 1, among: []) }
    }
}
