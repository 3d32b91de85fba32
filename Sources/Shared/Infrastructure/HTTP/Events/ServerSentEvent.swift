import NIOCore

/// One event of a stream, encoded once for all who get it (WHATWG HTML §9.2.6, "Interpreting an event stream").
package struct ServerSentEvent: Sendable {
    let buffer: ByteBuffer

    /// - Parameters:
    ///   - name: what kind of event it is; without line breaks.
    ///   - id: what a client that was cut off sends back as Last-Event-ID; without line breaks.
    ///   - data: UTF-8; a line break in it begins a further line of data.
    package init(_ name: String, id: String, data: [UInt8]) {
        var buffer = ByteBufferAllocator().buffer(capacity: data.count + name.utf8.count + id.utf8.count + 32)
        buffer.writeString("id: \(id)\nevent: \(name)\n")
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            buffer.writeStaticString("data: ")
            buffer.writeBytes(line)
            buffer.writeStaticString("\n")
        }
        buffer.writeStaticString("\n")
        self.buffer = buffer
    }

    private init(text: StaticString) {
        buffer = ByteBuffer(staticString: text)
    }

    /// A comment, which clients pass over: it shows both sides that the other is there.
    static let heartbeat = ServerSentEvent(text: ":\n\n")
    /// What each stream begins with: how long, in milliseconds, a client that was cut off waits before it comes back.
    static let opening = ServerSentEvent(text: "retry: 3000\n\n")
}
