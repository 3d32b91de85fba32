import Foundation
import Testing

@testable import Shared

@Suite("Counting refusals")
struct DenialCountsTests {
    private static func entry(_ number: Int, subject: String = "POST /v1/sessions") -> AuditEntry {
        AuditEntry(
            actorAccountID: nil, action: .requestThrottled, subject: subject, address: "192.0.2.\(number)", details: ["code": "busy"])
    }

    @Test("The first few of a kind are written at once, the rest is counted, and the next minute begins anew")
    func first() {
        let counts = DenialCounts(each: 2)
        let began = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(
            (0..<7).map { counts.isWrittenAtOnce(Self.entry(1), at: began + Double($0)) } == [true, true]
                + .init(repeating: false, count: 5))
        #expect(counts.isWrittenAtOnce(Self.entry(2)))
        let taken = counts.take()
        #expect(taken == [.init(entry: Self.entry(1), times: 5, firstAt: began + 2)])
        #expect(AuditEntry(taken[0]).details == ["code": "busy", "count": "5", "first_at": "2027-01-15T08:00:02Z"])
        #expect(counts.take().isEmpty)
        #expect(counts.isWrittenAtOnce(Self.entry(1)))
    }

    @Test("However many come from however many places, the rows have a limit and none is lost to the count")
    func flood() {
        let counts = DenialCounts(capacity: 10, each: 5)
        var atOnce = 0
        for number in 0..<10_000 where counts.isWrittenAtOnce(Self.entry(number)) { atOnce += 1 }
        for number in 0..<500 { counts.count(Self.entry(number, subject: "account:\(number)")) }
        #expect(atOnce == 10)
        let taken = counts.take()
        #expect(taken.count == 12)
        #expect(taken.reduce(atOnce) { $0 + $1.times } == 10_500)
        let others = taken.filter { $0.entry.address == nil }
        #expect(Set(others.map(\.entry.subject)) == ["POST /v1/sessions", "others"])
    }
}
