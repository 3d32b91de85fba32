import Callers
package import Database
import Shared

/// The only places where tests wait for time to pass. `make lint` makes sure that other tests neither sleep nor have time limits of their
/// own.
package enum Patience {
    /// How long tests wait for an event. It is hundreds of times as long as needed, so that no machine is too slow: its purpose is only to
    /// end a test that hangs.
    package static let limit: Duration = .seconds(180)
}

/// Waits until a condition holds, by checking it again and again.
///
/// - Throws: ``NeverCame``, and what the closure throws.
package func until(_ fileID: String = #fileID, _ line: Int = #line, _ holds: () async throws -> Bool) async throws {
    _ = try await eventually(fileID, line) { try await holds() ? true : nil }
}

/// Asks again and again until there is an answer.
///
/// - Throws: ``NeverCame``, and what the closure throws.
package func eventually<Answer>(
    _ fileID: String = #fileID, _ line: Int = #line, _ ask: () async throws -> Answer?
) async throws -> Answer {
    let end = ContinuousClock.now + Patience.limit
    while ContinuousClock.now < end {
        if let answer = try await ask() { return answer }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw NeverCame(place: "\(fileID):\(line)")
}

/// The awaited event didn't happen.
package struct NeverCame: Error, CustomStringConvertible {
    fileprivate let place: String

    package var description: String { "\(place): waited for \(Patience.limit) in vain" }
}

/// Waits at least this long, for tests in which time itself has to pass, such as a lease that runs out.
package func letPass(_ time: Duration) async throws {
    try await Task.sleep(for: time)
}

/// Does nothing until its task is cancelled.
package func hang() async throws {
    while true { try await Task.sleep(for: .seconds(3_600)) }
}

/// How long a closure took, to check that it took at least some time. There is no upper limit to check.
package func elapsed(_ body: () async throws -> Void) async rethrows -> Duration {
    let began = ContinuousClock.now
    try await body()
    return ContinuousClock.now - began
}

/// Repeats a call, as a client would, while the answer is that the service is busy.
package func askingAgain<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
    try await eventually {
        do {
            return try await ask()
        } catch {
            guard isBusy(error) else { throw error }
            return nil
        }
    }
}

/// Whether an error only says that others had locks or places for too long.
private func isBusy(_ error: any Error) -> Bool {
    if let refusal = error as? Refusal { return refusal.code == Refusal.busy.code }
    guard let error = error as? PostgresError else { return false }
    return [.leaseTimedOut, .poolExhausted].contains(error.code) || error.sqlState == .lockNotAvailable
}

/// Waits until another transaction waits for this one.
///
/// - Parameter onlooker: a session outside of the transaction, which looks.
package func waitForWaiter(of transaction: some PostgresSession, in onlooker: some PostgresSession) async throws {
    let holder = try await transaction.row("SELECT pg_backend_pid() AS pid") { try $0["pid"] as Int }
    try await until {
        try await onlooker.row(
            "SELECT FROM pg_stat_activity WHERE \(holder ?? 0)::integer = ANY (pg_blocking_pids(pid)) LIMIT 1", { _ in true }) != nil
    }
}

/// Waits until the server runs a statement with this beginning, in this database.
package func waitForStatement(_ beginning: String, in onlooker: some PostgresSession) async throws {
    try await until {
        try await onlooker.row(
            """
            SELECT
            FROM pg_stat_activity
            WHERE datname = current_database()
                AND state = 'active'
                AND pid <> pg_backend_pid()
                AND starts_with(query, \(beginning))
            LIMIT 1
            """, { _ in true }) != nil
    }
}
