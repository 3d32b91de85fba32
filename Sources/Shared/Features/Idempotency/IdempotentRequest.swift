import Crypto

/// A request that came with an Idempotency-Key.
package struct IdempotentRequest: Hashable, Sendable {
    /// The account that chose the key. Another account's key is another key, even when it has the same text.
    package let accountID: Int64
    /// Method and path of the endpoint, as `POST /v1/orders`.
    package let operation: String
    package let key: String
    /// A hash of everything that the request asks for.
    package let sha256: [UInt8]

    package init(accountID: Int64, operation: String, key: String, sha256: [UInt8]) {
        self.accountID = accountID
        self.operation = operation
        self.key = key
        self.sha256 = sha256
    }

    /// - Parameter wish: the bytes that differ when two requests ask for different things.
    package init(accountID: Int64, operation: String, key: String, wish: [UInt8]) {
        // Hashed in the same order as a request with a body: method, path, body.
        self.init(
            accountID: accountID, operation: operation, key: key, sha256: Array(SHA256.hash(data: Array("\(operation)\n".utf8) + wish)))
    }

    /// The number of the advisory lock that only one transaction at a time can hold for this request.
    package var lockKey: Int64 {
        var hash = SHA256()
        for part in ["idempotency", String(accountID), operation, key] {
            hash.update(data: Array(part.utf8) + [0])
        }
        return hash.finalize().prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
}

/// The account, operation and key under which an answer is recorded.
struct IdempotencyRecordKey: Hashable, Sendable {
    let accountID: Int64
    let operation: String
    let key: String

    init(accountID: Int64, operation: String, key: String) {
        self.accountID = accountID
        self.operation = operation
        self.key = key
    }

    init(_ request: IdempotentRequest) {
        self.init(accountID: request.accountID, operation: request.operation, key: request.key)
    }
}

/// The answer that a request to create something got.
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
