import Foundation
import Glibc

/// Stands in for systemd: receives datagrams at a UNIX socket, in the file system or in the abstract namespace.
final class NotifyListener: Sendable {
    struct NoSocket: Error {}

    let path: String
    private let descriptor: Int32
    private let messages: AsyncStream<String>

    init(isAbstract: Bool = false) throws {
        let path = (isAbstract ? "@" : "") + "/tmp/piao-notify-\(UUID().uuidString.prefix(8))"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if isAbstract { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in unsafe bytes.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw NoSocket() }
        let (messages, message) = AsyncStream.makeStream(of: String.self)
        self.path = path
        self.descriptor = descriptor
        self.messages = messages
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 256)
            while true {
                let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { break }
                message.yield(String(decoding: bytes.prefix(count), as: UTF8.self))
            }
            message.finish()
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        if !path.hasPrefix("@") { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Waits for a message that fits; false when none can come any more.
    func next(where fits: (String) -> Bool) async -> Bool {
        for await message in messages where fits(message) { return true }
        return false
    }
}
