import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("Answers that are kept in memory", .inTurn)
struct AnswerMemoryTests {
    private let clock = SteppedClock()
    private let reading = HeldReading()

    private func memory(byteLimit: Int = 1 << 20) -> AnswerMemory {
        AnswerMemory(byteLimit: byteLimit) { [clock] in clock.now }
    }

    private func ask(_ memory: AnswerMemory, _ address: String = "/films") async throws -> String {
        try await memory.answer(to: address) { [reading] in try await reading.read() }.text
    }

    @Test("An answer is given for half a second from the beginning of its reading on, and then read again")
    func freshness() async throws {
        let memory = memory()
        async let first = ask(memory)
        await reading.begins()
        clock.advance(by: .milliseconds(400))
        reading.release()
        #expect(try await first == "1")
        clock.advance(by: .milliseconds(99))
        #expect(try await ask(memory) == "1")
        clock.advance(by: .milliseconds(1))
        reading.release()
        #expect(try await ask(memory) == "2")
        #expect(reading.count == 2)
    }

    @Test("Many who ask at once cause one reading")
    func oneReading() async throws {
        let memory = memory()
        let (asking, asks) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    asks.yield()
                    return try await ask(memory)
                }
            }
            var count = 0
            for await _ in asking {
                count += 1
                if count == 50 { break }
            }
            await reading.begins()
            reading.release()
            for try await text in group { #expect(text == "1") }
        }
        #expect(reading.count == 1)
    }

    @Test("A caller that comes when a reading has gone on for long waits for it, and then a new reading begins")
    func longReading() async throws {
        let memory = memory()
        async let first = ask(memory)
        await reading.begins()
        clock.advance(by: .milliseconds(500))
        async let second = ask(memory)
        reading.release()
        #expect(try await first == "1")
        await reading.begins()
        reading.release()
        #expect(try await second == "2")
    }

    @Test("When the first caller is cancelled, the others still get the answer")
    func cancelledFirst() async throws {
        let memory = memory()
        let first = Task { try await ask(memory) }
        await reading.begins()
        async let second = ask(memory)
        first.cancel()
        reading.release()
        #expect(try await second == "1")
        #expect(try await first.value == "1")
    }

    @Test("A failure is told to who waits, and the next one reads again")
    func failure() async throws {
        let memory = memory()
        reading.release(failing: true)
        await #expect(throws: HeldReading.Failure.self) { try await ask(memory) }
        #expect(memory.byteCount == 0)
        reading.release()
        #expect(try await ask(memory) == "2")
    }

    @Test("Each address has an answer of its own, and with no room none is kept")
    func addresses() async throws {
        let memory = memory()
        for _ in 0..<3 { reading.release() }
        #expect(try await ask(memory, "/films?limit=1") == "1")
        #expect(try await ask(memory, "/films?limit=2") == "2")
        #expect(try await ask(memory, "/films?limit=1") == "1")
        let nothing = AnswerMemory(byteLimit: 0)
        for turn in 3...4 {
            reading.release()
            #expect(try await ask(nothing) == "\(turn)")
        }
        #expect(nothing.byteCount == 0)
    }

    @Test("An endpoint's answers are given for as long as it says, whatever others do")
    func lifetimes() async throws {
        let memory = memory()
        @Sendable func askLong() async throws -> String {
            try await memory.answer(to: "/long", lifetime: .seconds(2)) { [reading] in try await reading.read() }.text
        }
        for _ in 0..<6 { reading.release() }
        #expect(try await askLong() == "1")
        for turn in 2...4 {
            #expect(try await ask(memory) == "\(turn)")
            clock.advance(by: .milliseconds(500))
            #expect(try await askLong() == "1")
        }
        clock.advance(by: .milliseconds(500))
        #expect(try await askLong() == "5")
    }

    @Test("Invented addresses don't fill the memory, and what is too long is not kept")
    func bound() {
        var shelf = AnswerShelf(byteLimit: 20_000, lifetime: .seconds(1))
        let now = clock.now
        var largest = 0
        for number in 0..<1_000 {
            shelf.keep(.text("a"), to: "/films?q=\(number)", readAt: now)
            largest = max(largest, shelf.byteCount)
            #expect(shelf.answer(to: "/films?q=\(number)", at: now)?.text == "a")
        }
        #expect(largest > 15_000 && largest <= 20_000)
        #expect(shelf.answer(to: "/films?q=0", at: now) == nil)
        shelf.keep(.text(String(repeating: "a", count: 10_000)), to: "/long", readAt: now)
        #expect(shelf.answer(to: "/long", at: now) == nil)
    }

    @Test("Answers that are too old make room by and by, even when there is room")
    func age() {
        var shelf = AnswerShelf(byteLimit: 1 << 20, lifetime: .seconds(1))
        let start = clock.now
        shelf.keep(.text("a"), to: "/films", readAt: start)
        let one = shelf.byteCount
        shelf.keep(.text("b"), to: "/films", readAt: start + .milliseconds(999))
        #expect(shelf.byteCount == one)
        shelf.keep(.text("c"), to: "/other", readAt: start + .seconds(1))
        #expect(shelf.answer(to: "/films", at: start + .seconds(1))?.text == "b")
        shelf.keep(.text("d"), to: "/other", readAt: start + .seconds(2))
        #expect(shelf.answer(to: "/films", at: start + .seconds(1)) == nil)
        #expect(shelf.byteCount == 2 * one)
    }
}
