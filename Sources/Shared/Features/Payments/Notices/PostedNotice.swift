/// What was posted to a gateway's address, as it came.
package struct PostedNotice: Hashable, Sendable {
    /// The header Content-Type, whatever it says.
    package let contentType: String?
    /// The header Content-Encoding; `nil` for a body that isn't compressed.
    package let contentEncoding: String?
    /// All of it, or as much as is taken.
    package let body: [UInt8]
    /// Whether there was more.
    package let isCut: Bool

    package init(contentType: String?, contentEncoding: String? = nil, body: [UInt8], isCut: Bool = false) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.body = body
        self.isCut = isCut
    }
}
