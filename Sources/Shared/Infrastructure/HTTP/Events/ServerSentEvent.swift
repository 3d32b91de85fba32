import NIOCore

/// One event of a stream, encoded once for all readers (WHATWG HTML §9.2.6, "Interpreting an event stream").
package struct ServerSentEvent: Sendable {
    let buffer: ByteBuffer

    /// - Parameters:
    ///   - name: the kind of event, without line breaks.
    ///   - id: the id that a client sends as Last-Event-ID when it reconnects, without line breaks.
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

    /// A comment, which clients ignore. It shows both sides that the other is still there.
    static let heartbeat = ServerSentEvent(text: ":\n\n")
    /// The beginning of each stream. It tells how long, in milliseconds, a client that was cut off waits before it reconnects.
    static let opening = ServerSentEvent(text: "retry: 3000\n\n")
}
