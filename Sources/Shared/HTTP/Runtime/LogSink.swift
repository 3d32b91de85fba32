import Dispatch
import Foundation
import Synchronization

/// Where log lines go: a buffer that a queue of its own writes to standard error, so that a reader who is slow holds up nobody.
///
/// Lines of a moment are written together: to wake the queue for each costs a busy service a fifth of its time.
/// The buffer is bounded; lines that don't fit any more are dropped and counted.
package final class LogSink: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var isScheduled = false
        var dropped = 0
    }

    /// How long lines wait for others: under load, waking the queue for each would cost more than the line.
    private static let delay = DispatchTimeInterval.milliseconds(10)

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "piao.log")
    private let maximumBytes: Int
    private let output: @Sendable ([UInt8]) -> Void

    /// - Parameter output: takes the bytes of whole lines, one call at a time.
    package init(maximumBytes: Int = 1 << 20, output: @escaping @Sendable ([UInt8]) -> Void = LogSink.standardError) {
        self.maximumBytes = maximumBytes
        self.output = output
    }

    /// Writes to standard error.
    package static let standardError: @Sendable ([UInt8]) -> Void = { bytes in
        try? FileHandle.standardError.write(contentsOf: Data(bytes))
    }

    package func write(_ line: [UInt8]) {
        let schedules = state.withLock { state in
            guard state.pending.count + line.count <= maximumBytes else {
                state.dropped += 1
                return false
            }
            state.pending.append(contentsOf: line)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if schedules { queue.asyncAfter(deadline: .now() + Self.delay) { self.drain() } }
    }

    /// Waits until everything so far is written; to be called before the process ends.
    package func flush() {
        queue.sync { drain() }
    }

    private func drain() {
        let (bytes, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.pending, state.dropped)
        }
        if !bytes.isEmpty { output(bytes) }
        if dropped > 0 { output(Array("\(dropped) log lines were dropped because they came faster than they could be written\n".utf8)) }
    }
}
