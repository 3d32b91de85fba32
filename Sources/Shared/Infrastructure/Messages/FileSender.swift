import Foundation
import Synchronization

/// Writes messages to the end of a file, a JSON object a line: for demonstrations and tests, where something reads them.
package final class FileSender: MessageSender {
    private let path: String
    private let lock = Mutex(())

    package init(path: String) {
        self.path = path
    }

    package func send(_ message: Message) async throws {
        var line = try RelayBody(message).json()
        line.append(UInt8(ascii: "\n"))
        try lock.withLock { _ in
            // Nobody else reads along: the file is the owner's own.
            let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC
            let descriptor = unsafe open(path, flags, 0o600)
            guard descriptor >= 0 else { throw MessageUndelivered(reason: "The file of MESSAGES_FILE can't be opened.") }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data(line))
        }
    }
}
