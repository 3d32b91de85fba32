/// A request that was refused because of who asked for it or how often.
package struct RefusedRequest: Hashable, Sendable {
    /// Method and path's template, as `POST /v1/books/{id}/loans`.
    package let endpoint: String
    /// 403 or 429.
    package let status: Int
    package let code: String
    /// `nil` where nobody had to be signed in.
    package let accountID: Int64?
    package let address: String
}

/// Hears of every request that was answered 403 or 429. It is told in the request's way, so it only takes note.
package protocol RefusalObserver: Sendable {
    func refused(_ request: RefusedRequest)
}
