package import Callers

/// A handler's answer.
package struct Reply<Value: Sendable>: Sendable {
    enum Content: Sendable {
        case value(Value, encoded: [UInt8]?)
        case page([Value], next: String?)
        case bytes([UInt8])
        case events(EventStream)
        case nothing
    }

    let status: Int
    let content: Content
    var location: String?
    var etag: EntityTag?

    /// 200 with a value.
    ///
    /// - Parameters:
    ///   - etag: the tag of the value's state. The answer is 304 when If-None-Match names it.
    ///   - encoded: the value's JSON made earlier, used unless the caller chose fields.
    package static func ok(_ value: Value, etag: EntityTag? = nil, encoded: [UInt8]? = nil) -> Reply {
        Reply(status: 200, content: .value(value, encoded: encoded), etag: etag)
    }

    /// 201 with the new thing. Its endpoint declares the path.
    package static func created(_ value: Value, etag: EntityTag? = nil) -> Reply {
        Reply(status: 201, content: .value(value, encoded: nil), etag: etag)
    }

    /// 202: the work has begun, with its state.
    package static func accepted(_ value: Value) -> Reply {
        Reply(status: 202, content: .value(value, encoded: nil))
    }

    /// 200 with a part of a list.
    package static func page(_ page: Page<Value>) -> Reply {
        Reply(status: 200, content: .page(page.items, next: page.next))
    }

    /// An answer that was recorded earlier, given again.
    package static func recorded(status: Int, location: String?, body: [UInt8]) -> Reply {
        Reply(status: status, content: body.isEmpty ? .nothing : .bytes(body), location: location)
    }
}

extension Reply where Value == Nothing {
    /// 204.
    package static var noContent: Reply { Reply(status: 204, content: .nothing) }
}

extension Reply where Value == EventStream {
    /// 200 with a stream of events, which goes on until its reader disconnects or the process ends.
    package static func events(_ stream: EventStream) -> Reply { Reply(status: 200, content: .events(stream)) }
}

extension Reply where Value == String {
    /// 200 with plain text.
    package static func plain(_ text: String) -> Reply {
        plain(Array(text.utf8))
    }

    /// 200 with plain text that exists as bytes already.
    package static func plain(_ utf8: [UInt8]) -> Reply {
        Reply(status: 200, content: .bytes(utf8))
    }
}

extension Reply where Value == FileContent {
    /// 200 with a file.
    ///
    /// - Parameter etag: the tag of exactly these bytes. The answer is 304 when If-None-Match names it.
    package static func file(_ bytes: [UInt8], etag: EntityTag) -> Reply {
        Reply(status: 200, content: .bytes(bytes), etag: etag)
    }
}

/// The value of an answer that is a file.
package enum FileContent: Sendable {}

/// The value of an answer that has none.
package enum Nothing: Sendable {}
