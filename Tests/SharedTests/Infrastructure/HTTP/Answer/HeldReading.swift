import Synchronization

@testable import HTTP

/// A reading that goes on only when it is told to, and finds the number of its turn.
final class HeldReading: Sendable {
    struct Failure: Error {}

    private let turns = Mutex(0)
    private let begun: (stream: AsyncStream<Int>, continuation: AsyncStream<Int>.Continuation) = AsyncStream.makeStream()
    private let released: (stream: AsyncStream<Bool>, continuation: AsyncStream<Bool>.Continuation) = AsyncStream.makeStream()

    /// How many readings have begun.
    var count: Int { turns.withLock(\.self) }

    /// Waits until the next reading has begun.
    func begins() async {
        for await _ in begun.stream { return }
    }

    /// Lets one reading go on.
    func release(failing: Bool = false) {
        released.continuation.yield(failing)
    }

    func read() async throws -> RenderedAnswer {
        let turn = turns.withLock { turns in
            turns += 1
            return turns
        }
        begun.continuation.yield(turn)
        for await failing in released.stream {
            if failing { throw Failure() }
            break
        }
        try Task.checkCancellation()
        return .text("\(turn)")
    }
}

extension RenderedAnswer {
    static func text(_ text: String) -> RenderedAnswer {
        RenderedAnswer(status: 200, body: Array(text.utf8), contentType: "text/plain", cache: .noStore)
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}
