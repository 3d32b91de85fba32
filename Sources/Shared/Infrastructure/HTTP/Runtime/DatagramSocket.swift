#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// UNIX datagrams. The one place of this target that hands pointers to the C library.
enum DatagramSocket {
    /// Sends one datagram. A datagram that can't be sent is dropped, as sd_notify(3) does.
    ///
    /// - Parameter path: the path of a socket. A path that begins with `@` is in Linux's abstract namespace.
    static func send(_ message: [UInt8], to path: String) {
        var address = sockaddr_un()
        var name = Array(path.utf8)
        // The last byte stays zero for names in the file system.
        guard name.count > 1, name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in unsafe bytes.copyBytes(from: name) }
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe sendto(descriptor, message, message.count, flags, pointer, length)
            }
        }
    }
}
