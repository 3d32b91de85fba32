package import Callers
import HTTPTypes
package import Logging

/// A request as its handler sees it.
package struct Call<Input: Sendable>: Sendable {
    /// What the body holds.
    package let body: Input
    let exchange: Exchange

    /// Who calls.
    ///
    /// - Throws: 401 at an open endpoint, which looks at no token; never elsewhere.
    package var principal: Principal {
        get throws {
            guard let principal = exchange.principal else { throw Problem.unauthenticated }
            return principal
        }
    }

    /// Whose things the caller manages.
    ///
    /// - Throws: ``Refusal/notFound`` for a caller who manages none.
    package var scope: MerchantScope {
        get throws { try principal.scope }
    }

    /// A query parameter's value; `nil` when it is absent.
    ///
    /// - Throws: ``UndeclaredParameter`` when the endpoint doesn't declare it.
    package subscript<Value: Sendable>(_ parameter: QueryParameter<Value>) -> Value? {
        get throws {
            let name = parameter.declaration.name
            if let value = exchange.query.values.first(where: { $0.name == name })?.value { return value as? Value }
            guard exchange.endpoint.query.contains(where: { $0.declaration.name == name }) else { throw UndeclaredParameter(name: name) }
            return nil
        }
    }

    /// The value of a query parameter that must be there.
    ///
    /// - Throws: ``UndeclaredParameter`` when the endpoint doesn't declare it.
    package subscript<Value: Sendable>(_ parameter: RequiredQueryParameter<Value>) -> Value {
        get throws {
            let name = parameter.declaration.name
            guard let value = exchange.query.values.first(where: { $0.name == name })?.value as? Value else {
                throw UndeclaredParameter(name: name)
            }
            return value
        }
    }

    /// A path parameter's value.
    ///
    /// - Throws: ``UndeclaredParameter`` when the endpoint's path has none of that name and kind.
    package subscript<Value: Sendable>(_ parameter: PathParameter<Value>) -> Value {
        get throws {
            guard let value = exchange.pathParameters.first(where: { $0.name == parameter.name })?.value as? Value else {
                throw UndeclaredParameter(name: parameter.name)
            }
            return value
        }
    }

    /// Which part of a list the caller wants.
    package var page: PageRequest { PageRequest(limit: exchange.query.limit, cursor: exchange.query.cursor) }
    /// The version that the resource must have where the endpoint requires If-Match; `nil` when any will do (`*`).
    package var ifMatch: Int64? { exchange.conditions.ifMatch }
    /// The caller's key for doing this once, where the endpoint takes one.
    package var idempotencyKey: IdempotencyKey? { exchange.idempotencyKey }

    /// The id of the last event that the caller got, where the endpoint answers a stream of them.
    package var lastEventID: String? { exchange.facts.headers[.lastEventID] }

    /// What names the endpoint, for instance `POST /v1/books`.
    package var operation: String { exchange.endpoint.operation }
    /// Who may call the endpoint; writes check it again in their transaction.
    package var access: Access { exchange.endpoint.access }
    package var requestID: String { exchange.facts.requestID }
    /// The trace that the request belongs to (W3C Trace Context), to be passed on.
    package var traceparent: String? { exchange.facts.traceparent }
    /// The client's address; behind a configured proxy the one that the proxy names.
    package var address: String { exchange.facts.address }
    package var userAgent: String? { exchange.facts.userAgent }
    /// Writes the request's id with every line.
    package var logger: Logger { exchange.facts.logger }

    /// The Location and the JSON that this endpoint answers for a value, to be recorded for ``Reply/recorded(status:location:body:)``.
    ///
    /// - Throws: ``ForeignAnswer`` for a value of another type than the endpoint answers.
    package func recorded(_ value: some Sendable) throws -> (location: String?, body: [UInt8]) {
        guard let answer = exchange.endpoint.recordAnswer(value) else { throw ForeignAnswer() }
        return answer
    }
}

/// One request with everything that HTTP has found out about it, before its body is made a value.
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
    /// Whether the body was longer than the endpoint takes: only where a body is handed on as it came.
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

/// A handler asked for a parameter that its endpoint does not declare: a mistake of ours.
package struct UndeclaredParameter: Error, Hashable, Sendable {
    package let name: String
}

/// A handler wanted to encode a value that its endpoint does not answer: a mistake of ours.
package struct ForeignAnswer: Error, Hashable, Sendable {}
