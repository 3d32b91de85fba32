package import Dispatch
import Foundation
import Metrics
import Synchronization

/// The destination of log lines: a buffer that a separate queue writes to standard error, so that a slow reader holds up nobody.
///
/// Lines of about the same moment are written together, because waking the queue for each line costs a busy service a fifth of its time.
/// The buffer is limited. Lines that don't fit are dropped and counted (`piao_log_lines_dropped_total`). Each time that a reader takes
/// nothing for a second is counted too (`piao_log_stalls_total`).
package final class LogSink: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var isScheduled = false
        var dropped = 0
        /// When the writing of the bytes under way began.
        var writingSince: ContinuousClock.Instant?
        var isStalled = false
    }

    /// How long lines wait for others. Under load, waking the queue for each line would cost more than the line.
    private static let delay = DispatchTimeInterval.milliseconds(10)

    /// How long a reader may take nothing before that counts as a stall.
    private static let patience = Duration.seconds(1)

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "piao.log")
    private let maximumBytes: Int
    private let output: @Sendable ([UInt8]) throws -> Void

    /// - Parameter output: takes the bytes of whole lines, one call at a time.
    package init(maximumBytes: Int = 1 << 20, output: @escaping @Sendable ([UInt8]) throws -> Void = LogSink.standardError) {
        self.maximumBytes = maximumBytes
        self.output = output
    }

    /// Writes to standard error.
    package static let standardError: @Sendable ([UInt8]) throws -> Void = { bytes in
        try FileHandle.standardError.write(contentsOf: Data(bytes))
    }

    package func write(_ line: [UInt8]) {
        let (schedules, isDropped, stalls) = state.withLock { state in
            var stalls = false
            if !state.isStalled, let since = state.writingSince, ContinuousClock.now - since > Self.patience {
                state.isStalled = true
                stalls = true
            }
            guard state.pending.count + line.count <= maximumBytes else {
                state.dropped += 1
                return (false, true, stalls)
            }
            state.pending.append(contentsOf: line)
            let schedules = !state.isScheduled
            state.isScheduled = true
            return (schedules, false, stalls)
        }
        if isDropped { Self.countDropped(1) }
        if stalls { Counter(label: "piao_log_stalls_total").increment() }
        if schedules { queue.asyncAfter(deadline: .now() + Self.delay) { self.drain() } }
    }

    /// Waits until everything so far is written. It is called before the process ends. It doesn't wait for a reader that takes nothing.
    ///
    /// - Parameter limit: the longest wait.
    /// - Returns: whether everything is written.
    @discardableResult
    package func flush(within limit: DispatchTimeInterval = .seconds(2)) -> Bool {
        let isWritten = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            isWritten.signal()
        }
        return isWritten.wait(timeout: .now() + limit) == .success
    }

    private func drain() {
        // The bytes are copied before the buffer is replaced. With a `defer` that replaces it and then writes to it, optimised code
        // released the bytes twice.
        let taken = state.withLock { state in
            let taken = state
            state = State(writingSince: .now)
            return taken
        }
        write(whole: taken.pending)
        if taken.dropped > 0 {
            write(whole: Array("\(taken.dropped) log lines were dropped because they came faster than they could be written\n".utf8))
        }
        state.withLock { state in
            state.writingSince = nil
            state.isStalled = false
        }
    }

    private func write(whole bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        do {
            try output(bytes)
        } catch {
            // Nobody reads standard error any more, and there is no other place for this message.
            Self.countDropped(bytes.count { $0 == UInt8(ascii: "\n") })
        }
    }

    private static func countDropped(_ lines: Int) {
        Counter(label: "piao_log_lines_dropped_total").increment(by: lines)
    }
}
