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
        Refusal(.conflict, "entry_not_open").with("opens_at", .moment(opensAt))
    }

    /// The showtime is over.
    package static func entryClosed(since closedAt: Date) -> Refusal {
        Refusal(.conflict, "entry_closed").with("closed_at", .moment(closedAt))
    }

    package static let notEntered = Refusal(.conflict, "not_entered")

    package static let entryUndoOver = Refusal(.conflict, "entry_undo_over").with(
        "limit_minutes", .number(EntryWindow.undoTime.components.seconds / 60))
}
