package import Callers
package import Database
package import HTTP
package import Shared

/// Carries out writes. One transaction first checks again that the caller is allowed, and at the end records the answer, where the caller
/// may repeat the request.
package struct Writes: Sendable {
    private let pool: PostgresPool
    private let principals: Principals
    private let auditTrail = AuditTrail()
    private let idempotency = Idempotency()

    package init(pool: PostgresPool, principals: Principals) {
        self.pool = pool
        self.principals = principals
    }

    /// Runs a write in a transaction that first checks the caller's session and permission.
    ///
    /// The closure may run again when the transaction loses against another one, so it must change nothing but the database.
    ///
    /// - Parameter audit: makes the entry of the audit trail, which is written in the same transaction.
    /// - Throws: ``Refusal/unauthenticated``, ``Refusal/accountRestricted``, and the errors of `write`.
    package func perform<Input, Result: Sendable>(
        _ call: Call<Input>,
        audit: ((Result) -> AuditEntry)? = nil,
        _ write: (PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await pool.withTransaction { transaction in
            try await recheck(call, in: transaction)
            let result = try await write(transaction)
            if let audit { try await auditTrail.record(audit(result), in: transaction) }
            return result
        }
    }

    /// Creates something, once for each Idempotency-Key, and answers 201.
    ///
    /// - Parameters:
    ///   - etag: the tag of its first state.
    ///   - audit: makes the entry of the audit trail, which is written in the same transaction.
    /// - Throws: the errors of ``perform(_:audit:_:)``, ``Refusal/requestInProgress`` and ``Refusal/idempotencyKeyReused``.
    package func create<Input, Value: Sendable>(
        _ call: Call<Input>,
        etag: ((Value) -> EntityTag)? = nil,
        audit: ((Value) -> AuditEntry)? = nil,
        _ write: (PostgresTransaction) async throws -> Value
    ) async throws -> Reply<Value> {
        try await once(call, status: 201, audit: audit, write) { .created($0, etag: etag?($0)) }
    }

    /// Begins something that is finished later, once for each Idempotency-Key, and answers 202. Throws as ``create(_:etag:audit:_:)``.
    package func accept<Input, Value: Sendable>(
        _ call: Call<Input>,
        audit: ((Value) -> AuditEntry)? = nil,
        _ write: (PostgresTransaction) async throws -> Value
    ) async throws -> Reply<Value> {
        try await once(call, status: 202, audit: audit, write) { .accepted($0) }
    }

    private func once<Input, Value: Sendable>(
        _ call: Call<Input>,
        status: Int,
        audit: ((Value) -> AuditEntry)?,
        _ write: (PostgresTransaction) async throws -> Value,
        reply: (Value) -> Reply<Value>
    ) async throws -> Reply<Value> {
        guard let request = try IdempotentRequest(call) else { return try await reply(perform(call, audit: audit, write)) }
        return try await pool.withTransaction { transaction in
            try await recheck(call, in: transaction)
            guard try await idempotency.tryLock(request, in: transaction) else { throw Refusal.requestInProgress }
            if let answer = try await idempotency.answer(to: request, in: transaction) {
                return .recorded(status: answer.status, location: answer.location, body: answer.body)
            }
            let value = try await write(transaction)
            if let audit { try await auditTrail.record(audit(value), in: transaction) }
            // Refusals are thrown, so only a success gets this far.
            let (location, body) = try call.recorded(value)
            let answer = RecordedAnswer(status: status, location: location, body: body)
            try await idempotency.record(answer, to: request, in: transaction)
            return reply(value)
        }
    }

    private func recheck<Input>(_ call: Call<Input>, in transaction: PostgresTransaction) async throws {
        guard call.access != .open else { return }
        try await principals.recheck(call.principal, needs: call.need?.bits ?? [], of: call.need?.resource ?? "", in: transaction)
    }
}

extension Call {
    /// The permission that the endpoint needs; `nil` for none.
    package var need: PermissionGrant? {
        guard case .permission(let resource, let bits) = access else { return nil }
        return PermissionGrant(resource: resource.rawValue, bits: bits)
    }
}

extension IdempotentRequest {
    /// The request of a call whose identity depends only on a part of its body.
    ///
    /// - Parameter wish: this part.
    package init?<Input>(_ call: Call<Input>, wish: [UInt8]) throws {
        guard let key = call.idempotencyKey else { return nil }
        self.init(accountID: try call.principal.accountID, operation: call.operation, key: key.key, wish: wish)
    }

    /// The request that a call's Idempotency-Key stands for; `nil` without one.
    package init?<Input>(_ call: Call<Input>) throws {
        guard let key = call.idempotencyKey else { return nil }
        self.init(accountID: try call.principal.accountID, operation: call.operation, key: key.key, sha256: key.fingerprint)
    }
}
