import Foundation
import Synchronization

/// Appends messages to a file, one JSON object a line. It is for demonstrations and tests, in which a program reads the file.
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
            // The file's mode lets only its owner read it.
            let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC
            let descriptor = unsafe open(path, flags, 0o600)
            guard descriptor >= 0 else { throw MessageUndelivered(reason: "The file of MESSAGES_FILE can't be opened.") }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data(line))
        }
    }
}
