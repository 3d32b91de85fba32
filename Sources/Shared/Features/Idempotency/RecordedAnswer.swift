/// What a creating request was answered.
package struct RecordedAnswer: Hashable, Sendable {
    package let status: Int
    package let location: String?
    package let body: [UInt8]

    package init(status: Int, location: String?, body: [UInt8]) {
        self.status = status
        self.location = location
        self.body = body
    }
}
