import Shared
import Testing

@Suite("The outbox's pauses")
struct OutboxConfigurationTests {
    private let pace = OutboxConfiguration(firstPause: .seconds(1), longestPause: .seconds(60))

    @Test(
        "Each failure doubles the pause, up to the longest", arguments: [(1, 1.0), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (1000, 60)])
    func doubles(attempts: Int, seconds: Double) {
        #expect(pace.pause(afterAttempts: attempts, chance: 1) == .seconds(seconds))
        #expect(pace.pause(afterAttempts: attempts, chance: 0) == .seconds(seconds / 2))
    }
}
