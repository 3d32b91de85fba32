import Callers
import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("How much a merchant may write")
struct MerchantQuotaTests {
    /// One cinema, hall, former layout and request more than a merchant may have that isn't verified is too much.
    private static func quotas(_ change: (inout MerchantQuotas) -> Void) -> MerchantQuotas {
        var quotas = MerchantQuotas()
        change(&quotas)
        return quotas
    }

    private func with(_ test: (PlacesFixture, PostgresPool) async throws -> Void) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            try await test(fixture, pool)
        }
    }

    private func expectQuota(
        _ quota: MerchantQuota, _ limit: Int, verified: Bool = false, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            Issue.record("nothing was refused", sourceLocation: sourceLocation)
        } catch let refusal as Refusal {
            #expect(refusal.code == "quota_reached" && refusal.kind == .conflict, sourceLocation: sourceLocation)
            #expect(refusal == .quotaReached(quota, limit, isVerified: verified), sourceLocation: sourceLocation)
        } catch {
            Issue.record("\(error)", sourceLocation: sourceLocation)
        }
    }

    @Test("Cinemas are counted for each merchant, deleted ones too, and a verified one has more")
    func cinemas() async throws {
        try await with { fixture, pool in
            let places = Places(quotas: Self.quotas { $0.cinemas = .init(before: 2, after: 3) })
            let (unverified, verified) = (try await fixture.merchant(verified: false), try await fixture.merchant())
            func add(to merchantID: Int64) async throws -> Cinema {
                try await pool.withTransaction { try await places.addCinema(fixture.newCinema(), merchantID: merchantID, in: $0) }
            }
            let first = try await add(to: unverified)
            _ = try await add(to: unverified)
            await expectQuota(.cinemas, 2) { _ = try await add(to: unverified) }
            try await pool.withTransaction { try await places.deleteCinema(first.id, scope: .everybody, version: nil, in: $0) }
            await expectQuota(.cinemas, 2) { _ = try await add(to: unverified) }
            for _ in 0..<3 { _ = try await add(to: verified) }
            await expectQuota(.cinemas, 3, verified: true) { _ = try await add(to: verified) }
            try await pool.execute("UPDATE merchants SET verified_at = now()")
            _ = try await add(to: unverified)
        }
    }

    @Test("Halls and their seats are counted over all its cinemas; a layout that replaces another counts in its place")
    func hallsAndSeats() async throws {
        try await with { fixture, pool in
            let places = Places(
                quotas: Self.quotas {
                    $0.halls = .init(before: 3, after: 4)
                    $0.seats = .init(before: 10, after: 20)
                })
            let merchant = try await fixture.merchant(verified: false)
            let cinemas = [
                try await fixture.add(fixture.newCinema(), to: merchant).id, try await fixture.add(fixture.newCinema(), to: merchant).id,
            ]
            func add(_ cells: String, to cinema: Int) async throws -> Hall {
                let new = NewHall(name: "hall \(UUID())", formats: ["2D"], layout: try fixture.layout(cells))
                return try await pool.withTransaction {
                    try await places.addHall(new, cinemaID: cinemas[cinema], scope: .everybody, in: $0)
                }
            }
            func replace(_ hall: Hall, by cells: String) async throws {
                let layout = try fixture.layout(cells)
                _ = try await pool.withTransaction {
                    try await places.replaceLayout(ofHall: hall.id, scope: .everybody, version: nil, with: layout, in: $0)
                }
            }
            await expectQuota(.seats, 10) { _ = try await add("SSSSSSSSSSS", to: 0) }
            let first = try await add("SSSSS", to: 0)
            let second = try await add("SS_SS", to: 1)
            await expectQuota(.seats, 10) { _ = try await add("SS", to: 0) }
            _ = try await add("S", to: 0)
            await expectQuota(.halls, 3) {
                _ = try await add("S", to: 1)
            }
            await expectQuota(.seats, 10) { try await replace(second, by: "SSSSS") }
            try await replace(first, by: "SSSS")
            try await replace(second, by: "SSSSS")
            try await pool.execute("UPDATE merchants SET verified_at = now()")
            _ = try await add("SSSSSSSSSS", to: 1)
            await expectQuota(.seats, 20, verified: true) {
                try await replace(first, by: "SSSSS")
            }
        }
    }

    @Test("Former layouts count while no showtime has used them")
    func layouts() async throws {
        try await with { fixture, pool in
            let places = Places(quotas: Self.quotas { $0.unusedLayouts = .init(before: 2, after: 3) })
            let merchant = try await fixture.merchant(verified: false)
            let hall = try await fixture.hall(in: try await fixture.add(fixture.newCinema(), to: merchant).id)
            let movie = try await fixture.add(try fixture.newMovie())
            func replace() async throws {
                let layout = try fixture.layout("SSS")
                _ = try await pool.withTransaction {
                    try await places.replaceLayout(ofHall: hall.id, scope: .everybody, version: nil, with: layout, in: $0)
                }
            }
            func layouts() async throws -> Int { try await count("SELECT count(*) FROM hall_layouts", in: pool) }
            for _ in 0..<2 { try await replace() }
            await expectQuota(.unusedLayouts, 2) {
                try await replace()
            }
            #expect(try await layouts() == 3)
            // A showtime with the first of them, even a cancelled one: it is not unused any more.
            try await fixture.showtime(of: movie, in: hall, startsIn: 60, cancelled: true)
            try await replace()
            #expect(try await layouts() == 4)
            await expectQuota(.unusedLayouts, 2) {
                try await replace()
            }
            try await pool.execute("UPDATE merchants SET verified_at = now()")
            try await replace()
            await expectQuota(.unusedLayouts, 3, verified: true) { try await replace() }
        }
    }

    @Test("The same right isn't asked for twice while the first request waits; other days and other movies are other rights")
    func repeatedRequests() async throws {
        try await with { fixture, pool in
            let rights = ScreeningRights(quotas: Self.quotas { $0.openRequests = .init(before: 3, after: 4) })
            let (merchant, other) = (try await fixture.merchant(verified: false), try await fixture.merchant())
            let movies = [try await fixture.add(try fixture.newMovie()).id, try await fixture.add(try fixture.newMovie("Other")).id]
            @discardableResult
            func request(_ from: String, _ to: String, movie: Int = 0, by merchantID: Int64? = nil) async throws -> ScreeningRight {
                let new = NewScreeningRight(
                    movieID: movies[movie], validFrom: try #require(CalendarDay(from)), validTo: try #require(CalendarDay(to)))
                return try await pool.withTransaction { try await rights.request(new, merchantID: merchantID ?? merchant, in: $0) }
            }
            let first = try await request("2026-01-01", "2026-01-31")
            for (from, to) in [("2026-01-01", "2026-01-31"), ("2026-01-02", "2026-01-30"), ("2026-01-01", "2026-01-01")] {
                await expectRefusal("screening_right_requested") { try await request(from, to) }
            }
            try await request("2026-01-01", "2026-01-31", by: other)
            try await request("2026-01-01", "2026-02-01")
            try await request("2026-01-01", "2026-01-31", movie: 1)
            await expectQuota(.openRequests, 3) {
                try await request("2027-01-01", "2027-01-31")
            }
            // Decided, whichever way: it may be asked for again.
            try await pool.execute(
                "UPDATE screening_rights SET state = 'refused', decided_at = now() WHERE merchant_id = \(merchant) AND movie_id = \(movies[0])"
            )
            #expect(try await request("2026-01-01", "2026-01-31").id != first.id)
        }
    }

    @Test("Parallel requests over real connections don't get past a quota")
    func race() async throws {
        try await with { fixture, pool in
            let merchant = try await fixture.merchant(verified: false)
            let cinemaID = try await fixture.add(fixture.newCinema(), to: merchant).id
            let places = Places(
                quotas: Self.quotas {
                    $0.cinemas = .init(before: 3, after: 3)
                    $0.halls = .init(before: 2, after: 2)
                })
            let layout = try fixture.layout("SSS")
            let halls = await outcomes(0..<8) { number in
                let new = NewHall(name: "hall \(number)", formats: ["2D"], layout: layout)
                return try await pool.withTransaction { try await places.addHall(new, cinemaID: cinemaID, scope: .everybody, in: $0) }
            }
            #expect(halls.opened == 2 && halls.refusals == ["quota_reached": 6], "\(halls)")
            let cinemas = await outcomes(0..<8) { _ in
                try await pool.withTransaction { try await places.addCinema(fixture.newCinema(), merchantID: merchant, in: $0) }
            }
            #expect(cinemas.opened == 2 && cinemas.refusals == ["quota_reached": 6], "\(cinemas)")
            let few = Places(quotas: Self.quotas { $0.members = .init(before: 3, after: 3) })
            let members = await outcomes(0..<8) { number in
                try await pool.withTransaction { transaction in
                    try await few.requireRoomForMember(of: merchant, in: transaction)
                    try await transaction.execute(
                        """
                        INSERT INTO accounts (realm, username, password_hash, permission, merchant_id)
                        VALUES ('cinema', \("member\(number)"), '!', 15, \(merchant))
                        """)
                }
            }
            #expect(members.opened == 3 && members.refusals == ["quota_reached": 5], "\(members)")
        }
    }

    @Test("Control: whoever counts without the merchant's lock gets past it")
    func raceControl() async throws {
        try await with { fixture, pool in
            let merchant = try await fixture.merchant(verified: false)
            let everybodyHasCounted = Meeting(of: 3)
            let store = MerchantQuotaStore()
            let outcomes = await outcomes(0..<3) { _ in
                try await pool.withTransaction { transaction in
                    guard try await store.cinemas(of: merchant, in: transaction) < 1 else { throw Refusal.quotaReached }
                    await everybodyHasCounted.arrive()
                    try await transaction.execute(
                        """
                        INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                        VALUES (\(merchant), \(UUID().uuidString), 1, '', '1', 1, 1, '', 0)
                        """)
                }
            }
            #expect(outcomes.opened == 3, "\(outcomes)")
        }
    }
}
