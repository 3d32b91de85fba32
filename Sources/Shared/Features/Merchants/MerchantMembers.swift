package import Callers
package import Database

/// Adds people to merchants.
package struct MerchantMembers: Sendable {
    private let granting: Granting
    private let requireRoom: @Sendable (Int64, PostgresTransaction) async throws -> Void

    /// - Parameter requireRoom: makes sure that a merchant may have one more account, until the end of the transaction.
    package init(granting: Granting, requireRoom: @escaping @Sendable (Int64, PostgresTransaction) async throws -> Void) {
        self.granting = granting
        self.requireRoom = requireRoom
    }

    /// Makes another account for a merchant, with groups and cinemas, unless the merchant has as many as it may have.
    ///
    /// - Parameters:
    ///   - scope: what the caller manages; the account gets that merchant, and may get those cinemas.
    ///   - write: carries out, in a transaction, what it is given. The password is hashed before, because that takes long.
    /// - Throws: ``Refusal/notFound`` where the scope names no merchant, what the check of the room throws, and what
    ///   ``Granting/hashed(_:)`` and ``Granting/addMember(_:hash:grants:scope:by:address:in:)`` throw.
    package func add<Answer>(
        _ new: NewAccount, grants: AccountGrantsChange, scope: MerchantScope, by actor: Principal, address: String?,
        write: ((PostgresTransaction) async throws -> AccountGrants) async throws -> Answer
    ) async throws -> Answer {
        let hash = try await granting.hashed(new.password)
        return try await write { transaction in
            guard let merchantID = scope.merchantID else { throw Refusal.notFound }
            try await requireRoom(merchantID, transaction)
            return try await granting.addMember(
                new, hash: hash, grants: grants, scope: scope, by: actor, address: address, in: transaction
            )
        }
    }
}
