import HTTPTypes

/// A body as it came, for an endpoint whose callers can't be told how to write it.
package struct RawBody: Sendable {
    /// The header Content-Type, whatever it says.
    package let contentType: String?
    /// The header Content-Encoding; `nil` for a body that isn't compressed.
    package let contentEncoding: String?
    /// The whole body, or as much as the endpoint takes.
    package let bytes: [UInt8]
    /// Whether the body was longer.
    package let isCut: Bool

    init(_ exchange: Exchange, _ bytes: [UInt8]) {
        let encoding = exchange.facts.headers[.contentEncoding]
        contentType = exchange.facts.headers[.contentType]
        contentEncoding = encoding?.lowercased() == "identity" ? nil : encoding
        self.bytes = bytes
        isCut = exchange.isBodyCut
    }
}
