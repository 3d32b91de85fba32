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
