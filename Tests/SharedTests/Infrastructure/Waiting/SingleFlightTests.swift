import Synchronization
import TestSupport
import Testing
import Waiting

@Suite("Work that is done once for all who want it", .inTurn)
struct SingleFlightTests {
    /// Work that ends when it is told to, and gives the number of its turn.
    private final class Work: Sendable {
        private let turns = Mutex(0)
        private let ends = Mutex<[Int: FirstOutcome<Void>]>([:])

        var count: Int { turns.withLock(\.self) }

        func run() async -> Int {
            let turn = turns.withLock { turns in
                turns += 1
                return turns
            }
            await end(of: turn).value()
            return turn
        }

        func finish(_ turn: Int) { end(of: turn).give(()) }

        private func end(of turn: Int) -> FirstOutcome<Void> {
            ends.withLock { ends in
                if let end = ends[turn] { return end }
                let end = FirstOutcome<Void>()
                ends[turn] = end
                return end
            }
        }
    }

    private let work = Work()

    @Test("Many who ask at once cause one piece of work, for each key; who asks after its end causes another")
    func once() async throws {
        let flights = SingleFlight<String, Int>()
        let asking = (0..<20).map { _ in Task { [work] in await flights.value(for: "a", work: { _ in await work.run() }) } }
        try await until { work.count == 1 }
        let other = Task { [work] in await flights.value(for: "b", work: { _ in await work.run() }) }
        try await until { work.count == 2 }
        work.finish(2)
        #expect(await other.value == 2)
        work.finish(1)
        // Who was so slow to ask that the first was over is told of a later one.
        for turn in 3...22 { work.finish(turn) }
        for task in asking { #expect(await task.value != 2) }
        let count = work.count
        work.finish(count + 1)
        let later = await flights.value(for: "a", work: { [work] _ in await work.run() })
        #expect(later == count + 1)
    }

    @Test("Who asked first may go away: the others get the result")
    func cancelled() async throws {
        let flights = SingleFlight<String, Int>()
        let first = Task { [work] in await flights.value(for: "a", work: { _ in await work.run() }) }
        try await until { work.count == 1 }
        let second = Task { [work] in await flights.value(for: "a", work: { _ in await work.run() }) }
        first.cancel()
        work.finish(1)
        work.finish(2)
        #expect(await first.value == 1)
        // Unless it asked only after the end of the first.
        #expect([1, 2].contains(await second.value))
    }

    @Test("Work that began too early is waited for, and then new work begins")
    func tooEarly() async throws {
        let clock = SteppedClock()
        let flights = SingleFlight<String, Int> { clock.now }
        let first = Task { [work] in await flights.value(for: "a", work: { _ in await work.run() }) }
        try await until { work.count == 1 }
        let earliest = clock.now
        clock.advance(by: .seconds(1))
        let second = Task { [work] in await flights.value(for: "a", begunAfter: earliest, work: { _ in await work.run() }) }
        work.finish(1)
        #expect(await first.value == 1)
        work.finish(2)
        #expect(await second.value == 2)
    }

    @Test("Work is told when it began, and nothing begins while its result is known")
    func known() async throws {
        let clock = SteppedClock()
        let flights = SingleFlight<String, ContinuousClock.Instant> { clock.now }
        let began = await flights.value(for: "a", work: { $0 })
        #expect(began == clock.now)
        clock.advance(by: .seconds(1))
        let known = await flights.value(for: "a", known: { began }, work: { $0 })
        #expect(known == began)
    }
}
