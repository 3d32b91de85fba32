import Crypto

/// A request that came with an Idempotency-Key.
package struct IdempotentRequest: Hashable, Sendable {
    /// Whose key it is; the same key of somebody else is another key.
    package let accountID: Int64
    /// Method and path of the endpoint, as `POST /v1/orders`.
    package let operation: String
    package let key: String
    /// A fingerprint of all that the request asks for.
    package let sha256: [UInt8]

    package init(accountID: Int64, operation: String, key: String, sha256: [UInt8]) {
        self.accountID = accountID
        self.operation = operation
        self.key = key
        self.sha256 = sha256
    }

    /// - Parameter wish: all that makes it another request.
    package init(accountID: Int64, operation: String, key: String, wish: [UInt8]) {
        // As a whole body is hashed: method, path, body.
        self.init(
            accountID: accountID, operation: operation, key: key, sha256: Array(SHA256.hash(data: Array("\(operation)\n".utf8) + wish)))
    }

    /// The number of the advisory lock that one such request at a time may hold.
    package var lockKey: Int64 {
        var hash = SHA256()
        for part in ["idempotency", String(accountID), operation, key] {
            hash.update(data: Array(part.utf8) + [0])
        }
        return hash.finalize().prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
}

/// Whose repetition a record answers.
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
