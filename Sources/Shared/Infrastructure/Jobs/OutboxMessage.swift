import Foundation

/// A message for the outside, written in the transaction of the change that causes it.
package struct OutboxMessage: Hashable, Sendable {
    package let id: Int64
    /// Names the handler that delivers it, such as `payment_closing`.
    package let kind: String
    /// What to deliver, as JSON.
    package let payload: [UInt8]
    /// How many times its delivery was begun, this one included.
    package let attempts: Int
    /// How many earlier attempts failed. An attempt that asks for another one later is no failure.
    package let failures: Int

    package init(id: Int64, kind: String, payload: [UInt8], attempts: Int, failures: Int = 0) {
        self.id = id
        self.kind = kind
        self.payload = payload
        self.attempts = attempts
        self.failures = failures
    }

    /// The payload as the type that ``Outbox/add(_:_:in:)`` was given.
    ///
    /// - Throws: `DecodingError` when the payload has another form.
    package func decode<Payload: Decodable>(_ type: Payload.Type = Payload.self) throws -> Payload {
        try JSONDecoder().decode(type, from: Data(payload))
    }
}
