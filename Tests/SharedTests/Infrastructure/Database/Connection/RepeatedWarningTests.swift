import Logging
import Synchronization
import Testing

@testable import Database

@Suite("What is tried again and again")
struct RepeatedWarningTests {
    private struct Recorder: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message)") } }
    }

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    @Test("is told once, and again after it went well")
    func once() {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        let warning = RepeatedWarning("away")
        for _ in 0..<100 { warning.happened(logger, [:]) }
        #expect(lines.all.withLock { $0 } == ["away"])
        warning.ended()
        warning.happened(logger, [:])
        #expect(lines.all.withLock { $0 } == ["away", "away"])
    }
}
