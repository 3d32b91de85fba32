import Metrics
import Synchronization

/// Answers that are the same for everybody (``Endpoint/keepsAnswer``), kept in bytes by the address that was asked for.
///
/// What is answered was read from the database at most ``lifetime`` before the request came. At most one reading of an address is under way;
/// whoever else wants it waits for its end. Failures are told to those who wait, and not kept.
package final class AnswerMemory: Sendable {
    /// A reading of an address under way. In a task of its own: whoever asked first may go away, those who wait with it shall not.
    private typealias Reading = Task<RenderedAnswer, any Error>

    private struct State {
        var answers: AnswerShelf
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

    /// How old an answer may be when it is asked for. Half of the second that reads may be behind: the rest is for reading and sending.
    package static let lifetime: Duration = .milliseconds(500)

    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let fromMemory = Counter(label: "piao_answers_from_memory")
    private let readings = Counter(label: "piao_answer_readings")

    /// - Parameters:
    ///   - byteLimit: how much memory all answers may take, about; with 0 none is kept.
    ///   - now: the time.
    package init(byteLimit: Int = 16 << 20, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
        state = Mutex(State(answers: AnswerShelf(byteLimit: byteLimit, lifetime: Self.lifetime)))
    }

    /// How much memory the answers take, about.
    var byteCount: Int { state.withLock(\.answers.byteCount) }

    /// The answer to a request for an address.
    ///
    /// - Parameters:
    ///   - address: the path and query as they came; all that the answer depends on.
    ///   - read: finds the answer out.
    func answer(to address: String, read: @escaping @Sendable () async throws -> RenderedAnswer) async throws -> RenderedAnswer {
        let arrival = now()
        // Of two turns at most: a reading that begins after the arrival is fresh enough.
        while true {
            switch look(address, arrival: arrival, read: read) {
            case .show(let answer):
                fromMemory.increment()
                return answer
            case .await(let reading): return try await reading.value
            case .awaitTurn(let reading): _ = await reading.result
            }
        }
    }

    private func look(
        _ address: String, arrival: ContinuousClock.Instant, read: @escaping @Sendable () async throws -> RenderedAnswer
    ) -> Look {
        state.withLock { state in
            if let answer = state.answers.answer(to: address, at: arrival) { return .show(answer) }
            if let (task, began) = state.readings[address] {
                return arrival - began < Self.lifetime ? .await(task) : .awaitTurn(task)
            }
            let began = now()
            let task = Reading { try await self.reading(address, began: began, read: read) }
            state.readings[address] = (task, began)
            return .await(task)
        }
    }

    private func reading(
        _ address: String, began: ContinuousClock.Instant, read: @Sendable () async throws -> RenderedAnswer
    ) async throws -> RenderedAnswer {
        readings.increment()
        do {
            let answer = try await read()
            state.withLock { state in
                state.answers.keep(answer, to: address, readAt: began)
                state.readings[address] = nil
            }
            return answer
        } catch {
            state.withLock { $0.readings[address] = nil }
            throw error
        }
    }
}
