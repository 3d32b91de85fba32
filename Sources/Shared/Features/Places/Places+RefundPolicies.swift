package import Callers
package import Database

extension Places {
    /// The refund policy in force at a cinema. Where the cinema has set none, that is the platform's own policy.
    ///
    /// - Throws: ``Refusal/notFound`` for the cinema.
    package func refundPolicy(
        ofCinema id: Int64,
        scope: MerchantScope,
        ofVerifiedMerchant: Bool = false,
        in session: some PostgresSession
    ) async throws -> RefundPolicy {
        _ = try await cinema(id, scope: scope, ofVerifiedMerchant: ofVerifiedMerchant, in: session)
        return try await RefundPolicyStore().current(cinemaID: id, in: session)
    }

    /// The policy that a buyer agreed to. `nil` stands for the platform's first policy: it holds for orders that are older than policies.
    package func refundPolicy(_ id: Int64?, in session: some PostgresSession) async throws -> RefundPolicy {
        let store = RefundPolicyStore()
        return if let id { try await store.policy(id, in: session) } else { try await store.first(in: session) }
    }

    /// Puts another refund policy in force, for orders that are opened from now on.
    ///
    /// - Parameter version: the version of the policy that the caller has read.
    /// - Throws: ``Refusal/notFound`` for the cinema, ``Refusal/stale``, ``Refusal/refundStepsUnordered``.
    package func replaceRefundPolicy(
        ofCinema id: Int64,
        scope: MerchantScope,
        version: Int64?,
        with new: NewRefundPolicy,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> RefundPolicy {
        try new.requireOrder()
        try await lockCinema(id, scope: scope, in: transaction)
        let current = try await refundPolicy(ofCinema: id, scope: scope, in: transaction)
        guard version == nil || version == Int64(current.version) else { throw Refusal.stale }
        return try await RefundPolicyStore().replace(cinemaID: id, with: new, by: accountID, in: transaction)
    }
}
