import TestSupport
import Testing
import Waiting

@Suite("Time limits and durations", .inTurn)
struct TimeLimitTests {
    struct Fault: Error {}

    @Test("What ends in time gives its result or its error")
    func inTime() async throws {
        #expect(try await withTimeLimit(Patience.limit) { 7 } == 7)
        await #expect(throws: Fault.self) { try await withTimeLimit(Patience.limit) { throw Fault() } }
    }

    @Test("What takes too long is cancelled")
    func tooLong() async throws {
        let fault = await #expect(throws: TimeLimitExceeded.self) { try await withTimeLimit(.milliseconds(10)) { try await hang() } }
        #expect(fault?.limit == .milliseconds(10))
    }

    @Test("Who is cancelled itself learns that, and not of a limit")
    func cancelled() async throws {
        let task = Task { try await withTimeLimit(Patience.limit) { try await hang() } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("The first outcome counts, whether somebody waits for it already or not")
    func firstOutcome() async {
        let given = FirstOutcome<Int>()
        given.give(1)
        given.give(2)
        #expect(await given.value() == 1)
        let awaited = FirstOutcome<Int>()
        async let value = awaited.value()
        awaited.give(3)
        awaited.give(4)
        #expect(await value == 3)
    }

    @Test("Durations in seconds and nanoseconds; what 64 bits can't hold is cut")
    func durations() {
        #expect(Duration.milliseconds(1_500).seconds == 1.5 && Duration.milliseconds(-1_500).seconds == -1.5)
        #expect(Duration.nanoseconds(1_234_567_890).nanoseconds == 1_234_567_890 && Duration.zero.nanoseconds == 0)
        #expect(Duration.seconds(-2).nanoseconds == -2_000_000_000)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max && Duration.seconds(Int64.min).nanoseconds == .min)
        #expect(Duration.seconds(9_223_372_036).nanoseconds == 9_223_372_036_000_000_000)
    }
}
