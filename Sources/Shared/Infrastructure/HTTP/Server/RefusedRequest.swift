/// A request that was refused because of its caller or its frequency.
package struct RefusedRequest: Hashable, Sendable {
    /// Method and path template, as `POST /v1/books/{id}/loans`.
    package let endpoint: String
    /// 403 or 429.
    package let status: Int
    package let code: String
    /// The account; `nil` when nobody had to be signed in.
    package let accountID: Int64?
    package let address: String
}

/// Is notified of every request that was answered 403 or 429. The request waits for the call, so it must be quick.
package protocol RefusalObserver: Sendable {
    func refused(_ request: RefusedRequest)
}
