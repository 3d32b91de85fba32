import Callers
import Database
import Shared
import Synchronization

/// The work of the booking lanes, watched: what it is given first waits until it is let go and is then refused untouched, so that those who
/// have come meanwhile are one batch.
final class WatchedOpenings: LaneWork {
    /// One call of the work; the first one isn't counted.
    struct Attempt: Equatable, Sendable {
        var size: Int
        var isRepetition = false
    }

    let firstCame = Gate()
    let letGo = Gate()
    private let work: OrderOpeningWork
    /// Whether the work is told when it repeats; without it for controls alone.
    private let tellsRepetitions: Bool
    private let beforeAttempt: @Sendable (Int) async throws -> Void
    private let record = Mutex<(hasBegun: Bool, attempts: [Attempt])>((false, []))

    /// - Parameter beforeAttempt: gets the number of the attempt, from 1, before it is made.
    init(
        _ work: OrderOpeningWork,
        tellsRepetitions: Bool = true,
        beforeAttempt: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) {
        self.work = work
        self.tellsRepetitions = tellsRepetitions
        self.beforeAttempt = beforeAttempt
    }

    var attempts: [Attempt] { record.withLock { $0.attempts } }

    func perform(
        _ batch: [OrderOpening],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<OpenedOrder, any Error>] {
        let number = record.withLock { record in
            if record.hasBegun { record.attempts.append(Attempt(size: batch.count, isRepetition: isRepetition)) }
            record.hasBegun = true
            return record.attempts.count
        }
        guard number > 0 else {
            firstCame.open()
            await letGo.wait()
            return batch.map { _ in .failure(Refusal.busy) }
        }
        try await beforeAttempt(number)
        return try await work.perform(batch, isRepetition: isRepetition && tellsRepetitions, on: connection)
    }
}
