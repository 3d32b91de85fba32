package import Callers
package import Foundation
import Waiting

/// The time in which tickets let people in: around the showtime, not days before it.
package struct EntryWindow: Hashable, Sendable {
    /// How long before the start the door opens.
    package let opensBefore: Duration
    /// How long after the end it stays open.
    package let closesAfter: Duration

    /// How long an entry can be taken back. A clerk who scanned the wrong ticket sees it at once, so this is short.
    package static let undoTime: Duration = .seconds(600)

    package init(opensBefore: Duration = .seconds(7200), closesAfter: Duration = .zero) {
        self.opensBefore = opensBefore
        self.closesAfter = closesAfter
    }

    /// Checks that the door is open. It is open at the moment of opening, and no longer at the moment of closing.
    ///
    /// - Throws: ``Refusal/entryNotOpen(until:)``, ``Refusal/entryClosed(since:)``.
    func check(startsAt: Date, endsAt: Date, now: Date) throws {
        let opensAt = startsAt.addingTimeInterval(-opensBefore.seconds)
        let closesAt = endsAt.addingTimeInterval(closesAfter.seconds)
        guard now >= opensAt else { throw Refusal.entryNotOpen(until: opensAt) }
        guard now < closesAt else { throw Refusal.entryClosed(since: closesAt) }
    }
}

extension Refusal {
    /// It is too early to let people in.
    package static func entryNotOpen(until opensAt: Date) -> Refusal {
        Refusal(
            .conflict, "entry_not_open",
            "Entry for this showtime opens at \(opensAt.formatted(.iso8601)). To let somebody in before, say why in override_reason.")
    }

    /// The showtime is over.
    package static func entryClosed(since closedAt: Date) -> Refusal {
        Refusal(
            .conflict, "entry_closed",
            "Entry for this showtime closed at \(closedAt.formatted(.iso8601)). To let somebody in after, say why in override_reason.")
    }

    package static let notEntered = Refusal(.conflict, "not_entered", "Nobody was let in with this ticket.")

    package static let entryUndoOver = Refusal(
        .conflict, "entry_undo_over", "An entry can be taken back within ten minutes only.")
}
