import Callers
import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Importing cities")
struct PlacesImportTests {
    /// The list that the demo imports.
    static func demoFile(_ name: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
        return Array(try Data(contentsOf: root.appending(path: "deploy/local/data/\(name)")))
    }

    private func cities(_ rows: [(id: Int, parent: Int, name: String, code: Int)]) -> [UInt8] {
        let rows = rows.map {
            "{\"id\": \($0.id), \"parentId\": \($0.parent), \"regionName\": \"\($0.name)\", \"cityCode\": \($0.code), \"pinYin\": \"X\"}"
        }
        return Array("{\"returnValue\": {\"X\": [\n\(rows.joined(separator: ",\n"))\n]}}".utf8)
    }

    private func run(_ bytes: [UInt8], on pool: PostgresPool) async throws -> ImportSummary {
        try await PlacesImport(bytes).run(on: pool) { _, _ in }
    }

    @Test("takes all 344 of the demo's list and the ten that it lacks, children before their parents too, and twice changes nothing")
    func demoCities() async throws {
        try await withTestDatabase { pool in
            let bytes = try Self.demoFile("citys.json")
            let first = try await run(bytes, on: pool)
            #expect(first.description == "added 354, changed 0, unchanged 0, refused 0")
            #expect(try await run(bytes, on: pool).description == "added 0, changed 0, unchanged 354, refused 0")
            let gongyi = try await Places().city(2166, in: pool)
            #expect(gongyi.parentID == 43)
            #expect(gongyi.name == "巩义市")
            let all = try await PlacesFixture.all(100) { try await Places().cities(page: $0, in: pool) }
            #expect(all.count == 354)
            #expect(all == all.sorted { ($0.initial, $0.pinyin, $0.id) < ($1.initial, $1.pinyin, $1.id) })
        }
    }

    @Test("takes the demo's divisions, and twice changes nothing")
    func demoDivisions() async throws {
        try await withTestDatabase { pool in
            let bytes = try Self.demoFile("adcodes.csv")
            let first = try await run(bytes, on: pool)
            #expect(first.added == 3511)
            #expect(first.refusals.isEmpty)
            let second = try await run(bytes, on: pool)
            #expect(second.description == "added 0, changed 0, unchanged \(first.added), refused 0")
        }
    }

    @Test("mends the known errors of the demo's list, and says which")
    func corrections() async throws {
        try await withTestDatabase { pool in
            let summary = try await run(try Self.demoFile("citys.json"), on: pool)
            #expect(summary.mended.count == 29)
            let jiyuan = summary.mended.first { $0.contains("济源") }
            #expect(jiyuan?.hasSuffix("mended: 济源 has the code 419001, not 410881: is governed by the province itself") == true)
            let places = Places()
            #expect(try await places.city(3, in: pool).code == "110000")
            #expect(try await places.city(3, in: pool).name == "北京")
            #expect(try await places.city(998, in: pool).code == "532900")
            #expect(
                try await PlacesFixture.all(100) { try await places.cities(CityFilter(initial: "Q"), page: $0, in: pool) }.map(\.name)
                    .contains("七台河"))
            // With the divisions, each city but one is one of them.
            _ = try await run(try Self.demoFile("adcodes.csv"), on: pool)
            let unknown = try await pool.rows("SELECT name FROM cities WHERE division_id IS NULL ORDER BY id") { try $0["name"] as String }
            #expect(unknown == ["那曲"])
            let dali = try await places.districts(ofCity: 998, in: pool)
            #expect(dali.map(\.name).contains("大理市") && dali.count > 10)
        }
    }

    @Test("leaves other lists as they are")
    func otherLists() async throws {
        try await withTestDatabase { pool in
            let summary = try await run(cities([(3, 0, "北京", 110_100), (1102, 0, "济源", 410_881)]), on: pool)
            #expect(summary.mended.isEmpty)
            #expect(summary.added == 2)
        }
    }

    @Test("brings back no division that was retired, and no name that was changed")
    func changedDivisions() async throws {
        try await withTestDatabase { pool in
            let csv = Array("adcode,name,longitude,latitude\n310101000000,黄浦区,121.4,31.2\n310103000000,卢湾区,121.4,31.2\n".utf8)
            _ = try await run(csv, on: pool)
            let districts = try await Divisions().divisions(DivisionFilter(), page: PageRequest(), in: pool).items.map(\.division.id)
            _ = try await pool.withTransaction { try await Divisions().rename(districts[0], "黄浦", on: nil, in: $0) }
            _ = try await pool.withTransaction { try await Divisions().retire(districts[1], on: nil, in: $0) }
            let summary = try await run(csv, on: pool)
            #expect(summary.description == "added 0, changed 0, unchanged 1, refused 1")
            #expect(summary.refusals.map(\.line) == [3])
            let current = try await Divisions().divisions(DivisionFilter(isRetired: false), page: PageRequest(), in: pool)
            #expect(current.items.map(\.division.name) == ["黄浦"])
        }
    }

    @Test("changes what has changed and adds what is new")
    func changes() async throws {
        try await withTestDatabase { pool in
            _ = try await run(cities([(1, 0, "one", 100_001), (2, 0, "two", 100_002)]), on: pool)
            let summary = try await run(cities([(2, 1, "two", 100_002), (1, 0, "eins", 100_001), (3, 2, "three", 100_003)]), on: pool)
            #expect(summary.description == "added 1, changed 2, unchanged 0, refused 0")
            #expect(try await Places().city(1, in: pool).name == "eins")
            #expect(try await Places().city(2, in: pool).parentID == 1)
        }
    }

    @Test("leaves out a city whose parent nobody knows, or whose code another city has, and takes the others")
    func brokenRows() async throws {
        try await withTestDatabase { pool in
            _ = try await run(cities([(1, 0, "one", 100_001)]), on: pool)
            let bytes = cities([
                (10, 11, "child", 100_010), (9, 0, "thief", 100_001), (11, 0, "parent", 100_011), (12, 999, "orphan", 100_012),
            ])
            let summary = try await run(bytes, on: pool)
            #expect(summary.added == 2)
            #expect(summary.refusals.map(\.line) == [3, 5])
            #expect(summary.refusals.last?.reason == "there is no city 999, which is to be its parent")
            #expect(try await Places().city(10, in: pool).parentID == 11)
            await expectRefusal("not_found") { _ = try await Places().city(9, in: pool) }
        }
    }

    @Test("by two at once ends with every city there once")
    func parallel() async throws {
        try await withTestDatabase { pool in
            let bytes = try Self.demoFile("citys.json")
            async let one = run(bytes, on: pool)
            async let two = run(bytes, on: pool)
            let summaries = try await [one, two]
            #expect(summaries.map(\.added).reduce(0, +) == 354)
            #expect(summaries.flatMap(\.refusals).isEmpty)
        }
    }

    @Test("tells how far it is")
    func progress() async throws {
        try await withTestDatabase { pool in
            var steps: [[Int]] = []
            let bytes = try Self.demoFile("adcodes.csv")
            _ = try await PlacesImport(bytes).run(on: pool) { steps.append([$0, $1]) }
            let last = try #require(steps.last)
            #expect(last[0] == last[1])
            #expect(steps.map { $0[0] } == steps.map { $0[0] }.sorted())
        }
    }

    @Test("refuses a file that is neither list", arguments: ["", "[1]", "a,b\n1,2\n", "{\"x\": 1}", "\u{0}\u{1}\u{2}"])
    func noList(text: String) {
        #expect(throws: ImportFileError.self) { try PlacesImport(Array(text.utf8)) }
    }
}
