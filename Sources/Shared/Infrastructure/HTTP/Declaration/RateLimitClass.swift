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
    /// Never limited: health, metrics, what the payment gateway sends.
    package static let exempt: RateLimitClass = "exempt"
    /// The default for GET.
    package static let read: RateLimitClass = "read"
    /// The default for every other method.
    package static let write: RateLimitClass = "write"
    /// Signing in, which costs a password hash.
    package static let signIn: RateLimitClass = "sign_in"
    /// Naming the code of an order, which must not be guessed.
    package static let collection: RateLimitClass = "collection"
    /// Showing and scanning the QR codes by which people sign in.
    package static let qrLogin: RateLimitClass = "qr_login"
    /// Waiting for the answer to a QR code.
    package static let qrPoll: RateLimitClass = "qr_poll"
    /// Opening an account.
    package static let signUp: RateLimitClass = "sign_up"
    /// Asking for a code, which costs a message.
    package static let oneTimeCode: RateLimitClass = "one_time_code"
}
