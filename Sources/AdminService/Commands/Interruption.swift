import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, and SIGTERM, for commands whose work is to be undone before they end.
enum Interruption {
    /// Runs a body. A signal cancels it; a second one ends the process at once.
    ///
    /// - Throws: what the body throws; after a signal the status that a shell gives to a command that the signal has ended, 130 or 143.
    static func ends(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let work = Task { try await body() }
        let first = Mutex<Int32?>(nil)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                let isFirst = first.withLock { first in
                    guard first == nil else { return false }
                    first = number
                    return true
                }
                guard isFirst else { _exit(128 + number) }
                work.cancel()
            }
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        do {
            try await work.value
        } catch {
            guard let number = first.withLock(\.self) else { throw error }
            // On a terminal a bar stands in this line.
            let beginning = isatty(STDERR_FILENO) == 1 ? "\n" : ""
            FileHandle.standardError.write(Data("\(beginning)Error: interrupted; nothing was written\n".utf8))
            throw ExitCode(128 + number)
        }
    }
}
