import Callers

/// One request with everything that HTTP has read and checked, before its body is decoded.
package final class Exchange: Sendable {
    let facts: RequestFacts
    let path: String
    /// In the order of the template, percent-decoded.
    let pathParameters: [(name: String, value: any Sendable)]
    let query: QueryReading
    let conditions: RequestConditions
    let idempotencyKey: IdempotencyKey?
    let principal: Principal?
    let endpoint: Endpoint
    /// Whether the body was longer than the endpoint takes. Only a body that is passed on as it came can be cut.
    let isBodyCut: Bool

    init(
        facts: RequestFacts, path: String, pathParameters: [(name: String, value: any Sendable)], query: QueryReading,
        conditions: RequestConditions, idempotencyKey: IdempotencyKey?, principal: Principal?, endpoint: Endpoint,
        isBodyCut: Bool = false
    ) {
        self.facts = facts
        self.path = path
        self.pathParameters = pathParameters
        self.query = query
        self.conditions = conditions
        self.idempotencyKey = idempotencyKey
        self.principal = principal
        self.endpoint = endpoint
        self.isBodyCut = isBodyCut
    }
}
