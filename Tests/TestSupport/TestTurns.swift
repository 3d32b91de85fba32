import Foundation
import Synchronization
import Testing

/// Lets no more tests run at once than the cores can serve. The others wait for their turn.
///
/// Swift Testing begins all tests together. Each test that uses a database, a port or another program takes a turn. So a test waits only
/// for its own work, however slow the machine is, and the cluster needs connections only for a few tests. Tests of pure rules need no turn.
actor TestTurns {
    /// How long after the beginning of its turn a test counts as hanging. No machine is so slow.
    static let limit: Duration = .seconds(1_200)

    /// The one thing that all tests of a process share.
    private static let shared = TestTurns(places: 2 + 2 * ProcessInfo.processInfo.activeProcessorCount)
    /// Whether the task has a turn already. Tasks that a test begins in its turn need no other one.
    @TaskLocal private static var isTaken = false

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(places: Int) {
        free = places
    }

    /// Runs a closure as soon as there is a place for it, and records how long it took from then on. When it hangs, that is an issue.
    static func take<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard !isTaken else { return try await body() }
        await shared.enter()
        let watch = watch()
        defer { watch.cancel() }
        let began = ContinuousClock.now
        let result: Result
        do {
            result = try await $isTaken.withValue(true) { try await body() }
        } catch {
            await leave(began)
            throw error
        }
        await leave(began)
        return result
    }

    /// Prints that a test hangs. The test may ignore its cancellation, and then nothing else would name it.
    private static func watch() -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: limit)
            guard let test = Test.current else { return }
            Issue.record("It has not ended \(limit) after its turn's begin.", sourceLocation: test.sourceLocation)
        }
    }

    private static func leave(_ began: ContinuousClock.Instant) async {
        TestTimes.note(ContinuousClock.now - began)
        await shared.leave()
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().resume()
    }
}

/// Records how long tests took in their turn, for the list that `make test` prints.
private enum TestTimes {
    /// The file that the environment names. Without it nothing is written.
    private static let file = Mutex(ProcessInfo.processInfo.environment["PIAO_TEST_TIMES"].flatMap { FileHandle(forWritingAtPath: $0) })

    /// Adds a line: seconds, a tab, the test's place and name.
    static func note(_ time: Duration) {
        guard let test = Test.current else { return }
        let seconds = (time / .milliseconds(10)).rounded() / 100
        let place = test.sourceLocation
        let line = "\(seconds)\t\(place.fileName):\(place.line) \(test.displayName ?? test.name)\n"
        file.withLock { file in
            _ = try? file?.seekToEnd()
            try? file?.write(contentsOf: Data(line.utf8))
        }
    }
}
