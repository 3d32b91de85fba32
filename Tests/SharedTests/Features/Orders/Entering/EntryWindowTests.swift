import Callers
import Foundation
import Testing

@testable import Shared

@Suite("When the door is open")
struct EntryWindowTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func refusal(at seconds: Double, _ window: EntryWindow) -> String? {
        do {
            // A showtime of two hours.
            try window.check(startsAt: start, endsAt: start + 7200, now: start + seconds)
            return nil
        } catch {
            return (error as? Refusal)?.code ?? "\(error)"
        }
    }

    @Test(
        "From two hours before the start to the end, both moments told apart to the second",
        arguments: [
            (-111_600, "entry_not_open"), (-7201, "entry_not_open"), (-7200, nil), (0, nil), (7199, nil), (7200, "entry_closed"),
            (86_400, "entry_closed"),
        ] as [(Double, String?)]
    )
    func usual(seconds: Double, code: String?) {
        #expect(refusal(at: seconds, EntryWindow()) == code)
    }

    @Test(
        "As it is set",
        arguments: [(-601, "entry_not_open"), (-600, nil), (7200, nil), (9000, "entry_closed")] as [(Double, String?)]
    )
    func set(seconds: Double, code: String?) {
        #expect(refusal(at: seconds, EntryWindow(opensBefore: .seconds(600), closesAfter: .seconds(1800))) == code)
    }

    @Test("A refusal says when the door opens")
    func words() {
        let opensAt = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(Refusal.entryNotOpen(until: opensAt)["opens_at"] == .moment(opensAt))
    }
}
