import Callers
import TestSupport
import Testing

@testable import Shared

@Suite("Taking turns at hashing")
struct FairQueueTests {
    /// Holds its place until it is told to go.
    private func occupy(_ queue: FairQueue) async -> (AsyncStream<Void>.Continuation, Task<Void, any Error>) {
        let (stream, release) = AsyncStream.makeStream(of: Void.self)
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await queue.run(for: "holder") {
                hasBegun.finish()
                for await _ in stream {}
            }
        }
        for await _ in begun {}
        return (release, task)
    }

    private func waits(_ count: Int, in queue: FairQueue) async throws {
        try await until { queue.waiting >= count }
    }

    @Test("Somebody at another address waits for one of a crowd, not for all of it")
    func turns() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 10, waitLimit: .seconds(600))
        let (release, holder) = await occupy(queue)
        let order = Order()
        var tasks: [Task<Void, any Error>] = []
        for (number, group) in ["a", "a", "a", "a", "b"].enumerated() {
            tasks.append(Task { try await queue.run(for: group) { await order.add(group) } })
            try await waits(number + 1, in: queue)
        }
        release.finish()
        try await holder.value
        for task in tasks { try await task.value }
        let taken = await order.all
        #expect(taken == ["a", "b", "a", "a", "a"])
    }

    @Test("When it is full, the last of a crowd makes room for somebody else; a crowd gets none")
    func full() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 3, waitLimit: .seconds(600))
        let (release, holder) = await occupy(queue)
        var crowd: [Task<Void, any Error>] = []
        for number in 0..<3 {
            crowd.append(Task { try await queue.run(for: "a") {} })
            try await waits(number + 1, in: queue)
        }
        await #expect(throws: Refusal.busy) { try await queue.run(for: "a") {} }
        let other = Task { try await queue.run(for: "b") {} }
        await #expect(throws: Refusal.busy) { try await crowd[2].value }
        release.finish()
        try await holder.value
        try await other.value
        try await crowd[0].value
        try await crowd[1].value
        #expect(queue.waiting == 0)
    }

    @Test("Callers with the fewest wrong tries go first, however many others wait; every fourth place is for the longest waiting")
    func suspicion() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 20, waitLimit: .seconds(600))
        let (release, holder) = await occupy(queue)
        let order = Order()
        var tasks: [Task<Void, any Error>] = []
        let waiters = (0..<6).map { ("guesser\($0)", 3) } + [("newcomer", 1), ("owner", 0), ("owner 2", 0), ("owner 3", 0)]
        for (number, (group, suspicion)) in waiters.enumerated() {
            tasks.append(Task { try await queue.run(for: group, suspicion: suspicion) { await order.add(group) } })
            try await waits(number + 1, in: queue)
        }
        release.finish()
        try await holder.value
        for task in tasks { try await task.value }
        let taken = await order.all
        #expect(taken == ["owner", "owner 2", "owner 3", "guesser0", "newcomer"] + (1..<6).map { "guesser\($0)" })
    }

    @Test("When it is full, the last of those against whom most speaks makes room, and nobody for them")
    func fullOfGuessers() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 3, waitLimit: .seconds(600))
        let (release, holder) = await occupy(queue)
        var guessers: [Task<Void, any Error>] = []
        for (number, suspicion) in [7, 9, 9].enumerated() {
            guessers.append(Task { try await queue.run(for: "guesser\(number)", suspicion: suspicion) {} })
            try await waits(number + 1, in: queue)
        }
        await #expect(throws: Refusal.busy) { try await queue.run(for: "guesser", suspicion: 9) {} }
        let owner = Task { try await queue.run(for: "owner", suspicion: 0) {} }
        await #expect(throws: Refusal.busy) { try await guessers[2].value }
        release.finish()
        try await holder.value
        try await owner.value
        try await guessers[0].value
        try await guessers[1].value
        #expect(queue.waiting == 0)
    }

    @Test("A caller that has waited too long is refused, and the queue goes on")
    func waitLimit() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 3, waitLimit: .milliseconds(1))
        let (release, holder) = await occupy(queue)
        for _ in 0..<2 {
            await #expect(throws: Refusal.busy) { try await queue.run(for: "a") {} }
            #expect(queue.waiting == 0)
        }
        release.finish()
        try await holder.value
        try await queue.run(for: "a") {}
    }

    @Test("A queue has its own words for those whom it refuses")
    func refusal() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 0, waitLimit: .seconds(600))
        let (release, holder) = await occupy(queue)
        await #expect(throws: Refusal.busy) { try await queue.run(for: "a") {} }
        release.finish()
        try await holder.value
    }

    @Test("A caller that is cancelled leaves its place")
    func cancelled() async throws {
        let queue = FairQueue(places: 1, maximumWaiting: 3, waitLimit: .seconds(600))
        let (release, holder) = await occupy(queue)
        let task = Task { try await queue.run(for: "a") {} }
        try await waits(1, in: queue)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(queue.waiting == 0)
        release.finish()
        try await holder.value
        try await queue.run(for: "a") {}
    }
}

private actor Order {
    private(set) var all: [String] = []

    func add(_ group: String) {
        all.append(group)
    }
}
