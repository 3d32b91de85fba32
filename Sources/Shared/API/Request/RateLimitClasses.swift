package import HTTP

/// Calls that have limits of their own, beside those that every service has.
extension RateLimitClass {
    /// Signing in, in each of its ways, and proving a password or a second factor: what is guessed, or costs a password hash.
    package static let signIn: RateLimitClass = "sign_in"
    /// Sending the collection code of an order, which nobody must guess.
    package static let collection: RateLimitClass = "collection"
    /// Showing and scanning the QR codes with which people sign in.
    package static let qrLogin: RateLimitClass = "qr_login"
    /// Waiting for the answer to a QR code.
    package static let qrPoll: RateLimitClass = "qr_poll"
    /// Opening an account.
    package static let signUp: RateLimitClass = "sign_up"
    /// Showing pictures, of which a page has dozens, and many people have one address.
    package static let picture: RateLimitClass = "picture"
    /// Uploading pictures, each of which takes a processor for a while.
    package static let upload: RateLimitClass = "upload"
    /// Requesting a code, which costs a message.
    package static let oneTimeCode: RateLimitClass = "one_time_code"
}
