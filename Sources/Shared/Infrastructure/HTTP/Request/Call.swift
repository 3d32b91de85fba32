package import Foundation
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
    package var caller: Caller {
        get throws {
            guard let caller = exchange.caller else { throw Problem.unauthenticated }
            return caller
        }
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

    /// A path parameter that is the number of a resource.
    ///
    /// - Throws: 404 for text that is no such number.
    package func id(_ name: String) throws -> Int64 {
        guard let id = try? FieldKind<Int64>.id.parse(try path(name)) else { throw Problem.notFound }
        return id
    }

    /// A path parameter that is a UUID.
    ///
    /// - Throws: 404 for text that is none.
    package func uuid(_ name: String) throws -> UUID {
        guard let uuid = try? FieldKind.uuid.parse(try path(name)) else { throw Problem.notFound }
        return uuid
    }

    /// A path parameter, percent-decoded.
    ///
    /// - Throws: ``UndeclaredParameter`` when the path has none of that name.
    package func path(_ name: String) throws -> String {
        guard let value = exchange.pathParameters.first(where: { $0.name == name })?.value else { throw UndeclaredParameter(name: name) }
        return value
    }

    /// How many items a list's caller wants, 1 to 100.
    package var limit: Int { exchange.query.limit }
    /// Where in the list to start; `nil` at its beginning.
    package var cursor: String? { exchange.query.cursor }
    /// The version that the resource must have where the endpoint requires If-Match; `nil` when any will do (`*`).
    package var ifMatch: Int64? { exchange.conditions.ifMatch }
    /// The caller's key for doing this once, where the endpoint takes one.
    package var idempotencyKey: IdempotencyKey? { exchange.idempotencyKey }

    /// The id of the last event that the caller got, where the endpoint answers a stream of them.
    package var lastEventID: String? { exchange.facts.headers[.lastEventID] }

    /// What names the endpoint, for instance `POST /v1/orders`.
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

    /// The JSON that this endpoint answers for a value, to be recorded for ``Reply/recorded(status:location:body:)``.
    ///
    /// - Throws: ``ForeignAnswer`` for a value of another type than the endpoint answers.
    package func encoded(_ value: some Sendable) throws -> [UInt8] {
        guard let bytes = exchange.endpoint.encodeAnswer(value) else { throw ForeignAnswer() }
        return bytes
    }
}

/// A handler asked for a parameter that its endpoint does not declare: a mistake of ours.
package struct UndeclaredParameter: Error, Hashable, Sendable {
    package let name: String
}

/// A handler wanted to encode a value that its endpoint does not answer: a mistake of ours.
package struct ForeignAnswer: Error, Hashable, Sendable {}
