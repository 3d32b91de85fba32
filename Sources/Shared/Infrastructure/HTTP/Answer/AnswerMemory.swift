import Metrics
import Synchronization

/// Answers that are the same for everybody (``Endpoint/keepsAnswer``), kept in bytes by the target of the request.
///
/// An answer was read from the database at most its endpoint's lifetime before the request came; for most endpoints that is ``lifetime``.
/// At most one reading for a target is under way, and other requests for the target wait for it. Those who wait get its failure, which is
/// not kept.
package final class AnswerMemory: Sendable {
    /// A reading for a target under way. It has a task of its own: when the first caller is cancelled, the others that wait for it still
    /// get the result.
    private typealias Reading = Task<RenderedAnswer, any Error>

    private struct State {
        /// The shelves by the lifetime of their answers. Endpoints have few different lifetimes.
        var shelves: [Duration: AnswerShelf] = [:]
        /// The readings under way, by target. There are no more of them than requests.
        var readings: [String: (task: Reading, began: ContinuousClock.Instant)] = [:]
    }

    /// What to do about a request.
    private enum Look {
        case show(RenderedAnswer)
        case await(Reading)
        /// Wait for a reading that began too early for this request, and look again afterwards.
        case awaitTurn(Reading)
    }

    /// How old most answers may be when they are asked for. Reads may be a second behind, and this is half of it; the rest is for reading
    /// and sending.
    package static let lifetime: Duration = .milliseconds(500)

    private let byteLimit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let fromMemory = Counter(label: "piao_answers_from_memory_total")
    private let readings = Counter(label: "piao_answer_readings_total")

    /// - Parameters:
    ///   - byteLimit: about how much memory all answers of one lifetime may take; with 0 none is kept.
    ///   - now: the clock.
    package init(byteLimit: Int = 16 << 20, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.byteLimit = byteLimit
        self.now = now
        state = Mutex(State())
    }

    /// About how much memory the answers take.
    var byteCount: Int { state.withLock { $0.shelves.values.reduce(0) { $0 + $1.byteCount } } }

    /// The answer to a request for a target.
    ///
    /// - Parameters:
    ///   - address: the path and query as they came. The answer depends on nothing else.
    ///   - lifetime: how old the answer may be. It must be the same for each request of a target.
    ///   - read: makes the answer.
    func answer(
        to address: String, lifetime: Duration = AnswerMemory.lifetime, read: @escaping @Sendable () async throws -> RenderedAnswer
    ) async throws -> RenderedAnswer {
        let arrival = now()
        // The loop takes two turns at most, because a reading that begins after the request's arrival is fresh enough.
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
