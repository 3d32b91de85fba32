import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing
import Text

@Suite("Screening rights")
struct ScreeningRightsTests {
    private let october = (from: CalendarDay(daysSince2001: 9404), to: CalendarDay(daysSince2001: 9434))

    private func new(_ movieID: Int64) -> NewScreeningRight {
        NewScreeningRight(movieID: movieID, validFrom: october.from, validTo: october.to)
    }

    @Test("A merchant asks for a right, an administrator grants it with other days, another revokes it")
    func life() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let asked = try await pool.withTransaction {
                try await fixture.rights.request(new(fixture.movieID), merchantID: fixture.merchantID, in: $0)
            }
            #expect(asked.state == .requested)
            #expect(asked.decidedAt == nil)
            #expect((asked.validFrom, asked.validTo) == october)
            let granted = try await pool.withTransaction {
                try await fixture.rights.decide(
                    asked.id, ScreeningRightDecision(.grant, validTo: october.from), by: fixture.adminID, in: $0
                )
            }
            #expect(granted.state == .granted)
            #expect(granted.validTo == october.from)
            #expect(granted.decidedAt != nil)
            await #expect(throws: Refusal.alreadyDecided) {
                try await pool.withTransaction {
                    try await fixture.rights.decide(asked.id, ScreeningRightDecision(.refuse), by: fixture.adminID, in: $0)
                }
            }
            let revoked = try await pool.withTransaction {
                try await fixture.rights.decide(asked.id, ScreeningRightDecision(.revoke), by: fixture.adminID, in: $0)
            }
            #expect(revoked.state == .revoked)
        }
    }

    @Test("Unknown and deleted movies, and days the wrong way round, are refused and leave nothing")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let gone = try await ScreeningFixture.movie(pool)
            try await pool.execute("UPDATE movies SET deleted_at = clock_timestamp() WHERE id = \(gone)")
            for id in [gone, 999_999] {
                await #expect(throws: Refusal.movieUnknown) {
                    try await pool.withTransaction { try await fixture.rights.request(new(id), merchantID: fixture.merchantID, in: $0) }
                }
            }
            let backwards = NewScreeningRight(movieID: fixture.movieID, validFrom: october.to, validTo: october.from)
            await #expect(throws: Refusal.validPeriodInvalid) {
                try await pool.withTransaction { try await fixture.rights.request(backwards, merchantID: fixture.merchantID, in: $0) }
            }
            await #expect(throws: Refusal.notFound) {
                try await pool.withTransaction {
                    try await fixture.rights.decide(999_999, ScreeningRightDecision(.grant), by: fixture.adminID, in: $0)
                }
            }
            let page = try await fixture.rights.rights(merchantID: nil, page: PageRequest(), in: pool)
            #expect(page.items.count == 1)
        }
    }

    @Test("A merchant sees its own rights only; administrators see all, by state, page by page")
    func lists() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let other = try await ScreeningFixture.merchant(pool, verified: false)
            for day in 1...5 {
                let right = NewScreeningRight(
                    movieID: fixture.movieID, validFrom: CalendarDay(daysSince2001: 9404 + day),
                    validTo: CalendarDay(daysSince2001: 9434 + day))
                try await pool.withTransaction { _ = try await fixture.rights.request(right, merchantID: other, in: $0) }
            }
            let theirs = try await fixture.rights.rights(merchantID: other, page: PageRequest(), in: pool).items
            #expect(theirs.count == 5)
            await #expect(throws: Refusal.notFound) {
                try await fixture.rights.right(theirs[0].id, merchantID: fixture.merchantID, in: pool)
            }
            var pages: [[Int64]] = []
            var cursor: String?
            repeat {
                let request = PageRequest(limit: 2, cursor: cursor)
                let page = try await fixture.rights.rights(merchantID: nil, state: .requested, page: request, in: pool)
                pages.append(page.items.map(\.id))
                cursor = page.next
            } while cursor != nil
            #expect(pages.map(\.count) == [2, 2, 1])
            #expect(pages.flatMap(\.self) == theirs.map(\.id))
            await #expect(throws: Refusal.cursorInvalid) {
                try await fixture.rights.rights(merchantID: nil, page: PageRequest(limit: 2, cursor: "x"), in: pool)
            }
        }
    }

    @Test("Of many who decide at the same moment one does")
    func race() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let asked = try await pool.withTransaction {
                try await fixture.rights.request(new(fixture.movieID), merchantID: fixture.merchantID, in: $0)
            }
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        do {
                            let decision = ScreeningRightDecision(number.isMultiple(of: 2) ? .grant : .refuse)
                            try await pool.withTransaction {
                                _ = try await fixture.rights.decide(asked.id, decision, by: fixture.adminID, in: $0)
                            }
                            return true
                        } catch {
                            #expect(error as? Refusal == .alreadyDecided)
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count(where: \.self) == 1)
        }
    }
}
