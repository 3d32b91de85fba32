package import Logging
import Synchronization

/// The lowest level whose lines are written, for all loggers of a process. It may change while the process runs.
package final class LogThreshold: Sendable {
    private static let levels = Logger.Level.allCases

    /// The level's place among all levels. It is read for every line, so it takes no lock.
    private let place: Atomic<Int>

    package init(_ level: Logger.Level) {
        place = Atomic(Self.place(of: level))
    }

    package var level: Logger.Level {
        get { Self.levels[place.load(ordering: .relaxed)] }
        set { place.store(Self.place(of: newValue), ordering: .relaxed) }
    }

    private static func place(of level: Logger.Level) -> Int { levels.firstIndex(of: level) ?? 0 }
}
