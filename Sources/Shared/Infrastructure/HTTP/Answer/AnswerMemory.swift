import Metrics
import Synchronization

/// Answers that are the same for everybody (``Endpoint/keepsAnswer``), kept in bytes by the address that was asked for.
///
/// What is answered was read from the database at most its endpoint's lifetime before the request came, ``lifetime`` for most. At most one reading of an address is under way;
/// whoever else wants it waits for its end. Failures are told to those who wait, and not kept.
package final class AnswerMemory: Sendable {
    /// A reading of an address under way. In a task of its own: whoever asked first may go away, those who wait with it shall not.
    private typealias Reading = Task<RenderedAnswer, any Error>

    private struct State {
        /// By the lifetime of the answers on them: endpoints have few different ones.
        var shelves: [Duration: AnswerShelf] = [:]
        /// No more than there are requests under way.
        var readings: [String: (task: Reading, began: ContinuousClock.Instant)] = [:]
    }

    /// What to do about a request.
    private enum Look {
        case show(RenderedAnswer)
        case await(Reading)
        /// A reading is under way that began too early for this request: look again after it.
        case awaitTurn(Reading)
    }

    /// How old most answers may be when they are asked for. Half of the second that reads may be behind: the rest is for reading and sending.
    package static let lifetime: Duration = .milliseconds(500)

    private let byteLimit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let fromMemory = Counter(label: "piao_answers_from_memory_total")
    private let readings = Counter(label: "piao_answer_readings_total")

    /// - Parameters:
    ///   - byteLimit: how much memory all answers of one lifetime may take, about; with 0 none is kept.
    ///   - now: the time.
    package init(byteLimit: Int = 16 << 20, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.byteLimit = byteLimit
        self.now = now
        state = Mutex(State())
    }

    /// How much memory the answers take, about.
    var byteCount: Int { state.withLock { $0.shelves.values.reduce(0) { $0 + $1.byteCount } } }

    /// The answer to a request for an address.
    ///
    /// - Parameters:
    ///   - address: the path and query as they came; all that the answer depends on.
    ///   - lifetime: how old the answer may be; the same each time that the address is asked for.
    ///   - read: finds the answer out.
    func answer(
        to address: String, lifetime: Duration = AnswerMemory.lifetime, read: @escaping @Sendable () async throws -> RenderedAnswer
    ) async throws -> RenderedAnswer {
        let arrival = now()
        // Of two turns at most: a reading that begins after the arrival is fresh enough.
        while true {
            switch look(address, lifetime: lifetime, arrival: arrival, read: read) {
            case .show(let answer):
                fromMemory.increment()
                return answer
            case .await(let reading): return try await reading.value
            case .awaitTurn(let reading): _ = await reading.result
            }
        }
    }

    private func look(
        _ address: String, lifetime: Duration, arrival: ContinuousClock.Instant,
        read: @escaping @Sendable () async throws -> RenderedAnswer
    ) -> Look {
        state.withLock { state in
            if let answer = state.shelves[lifetime]?.answer(to: address, at: arrival) { return .show(answer) }
            if let (task, began) = state.readings[address] {
                return arrival - began < lifetime ? .await(task) : .awaitTurn(task)
            }
            let began = now()
            let task = Reading { try await self.reading(address, lifetime: lifetime, began: began, read: read) }
            state.readings[address] = (task, began)
            return .await(task)
        }
    }

    private func reading(
        _ address: String, lifetime: Duration, began: ContinuousClock.Instant, read: @Sendable () async throws -> RenderedAnswer
    ) async throws -> RenderedAnswer {
        readings.increment()
        do {
            let answer = try await read()
            state.withLock { state in
                state.shelves[lifetime, default: AnswerShelf(byteLimit: byteLimit, lifetime: lifetime)]
                    .keep(answer, to: address, readAt: began)
                state.readings[address] = nil
            }
            return answer
        } catch {
            state.withLock { $0.readings[address] = nil }
            throw error
        }
    }
}
