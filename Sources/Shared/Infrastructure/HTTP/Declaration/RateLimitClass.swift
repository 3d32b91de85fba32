/// Calls that share one allowance of requests per caller.
package struct RateLimitClass: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    package init(_ name: String) {
        self.init(rawValue: name)
    }
}

extension RateLimitClass {
    /// Never limited: health, metrics, and notices from senders that can't be asked to wait.
    package static let exempt: RateLimitClass = "exempt"
    /// The default for GET.
    package static let read: RateLimitClass = "read"
    /// The default for every other method.
    package static let write: RateLimitClass = "write"
}
