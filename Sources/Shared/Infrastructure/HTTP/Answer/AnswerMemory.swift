import Metrics
import Synchronization
import Waiting

/// Answers that are the same for everybody (``Endpoint/keepsAnswer``), kept in bytes by the target of the request.
///
/// An answer was read from the database at most its endpoint's lifetime before the request came; for most endpoints that is ``lifetime``.
/// At most one reading for a target is under way, and other requests for the target wait for it. Those who wait get its failure, which is
/// not kept.
package final class AnswerMemory: Sendable {
    /// How old most answers may be when they are asked for. Reads may be a second behind, and this is half of it; the rest is for reading
    /// and sending.
    package static let lifetime: Duration = .milliseconds(500)

    private let byteLimit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    /// The shelves by the lifetime of their answers. Endpoints have few different lifetimes.
    private let shelves = Mutex<[Duration: AnswerShelf]>([:])
    private let flights: SingleFlight<String, Result<RenderedAnswer, any Error>>
    private let fromMemory = Counter(label: "piao_answers_from_memory_total")
    private let readings = Counter(label: "piao_answer_readings_total")

    /// - Parameters:
    ///   - byteLimit: about how much memory all answers of one lifetime may take; with 0 none is kept.
    ///   - now: the clock.
    package init(byteLimit: Int = 16 << 20, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.byteLimit = byteLimit
        self.now = now
        flights = SingleFlight(now: now)
    }

    /// About how much memory the answers take.
    var byteCount: Int { shelves.withLock { $0.values.reduce(0) { $0 + $1.byteCount } } }

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
        if let answer = answerFromMemory(to: address, lifetime: lifetime, arrival: arrival) { return answer }
        // When a reading under way began too early for this request, the request waits for its end and looks again.
        let result = await flights.value(for: address, begunAfter: arrival - lifetime) {
            answerFromMemory(to: address, lifetime: lifetime, arrival: arrival).map { .success($0) }
        } work: { [self] began in
            readings.increment()
            do {
                let answer = try await read()
                shelves.withLock { shelves in
                    shelves[lifetime, default: AnswerShelf(byteLimit: byteLimit, lifetime: lifetime)]
                        .keep(answer, to: address, readAt: began)
                }
                return .success(answer)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func answerFromMemory(to address: String, lifetime: Duration, arrival: ContinuousClock.Instant) -> RenderedAnswer? {
        let answer = shelves.withLock { $0[lifetime]?.answer(to: address, at: arrival) }
        if answer != nil { fromMemory.increment() }
        return answer
    }
}
