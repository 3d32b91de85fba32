package import Callers
package import Database

/// Rights to show movies: merchants ask, administrators decide.
package struct ScreeningRights: Sendable {
    private let store = ScreeningRightStore()
    private let quotaStore = MerchantQuotaStore()
    private let quotas: MerchantQuotas

    package init(quotas: MerchantQuotas = MerchantQuotas()) {
        self.quotas = quotas
    }

    /// Asks for a right.
    ///
    /// - Throws: ``Refusal/validPeriodInvalid``, ``Refusal/movieUnknown``, ``Refusal/rightRequested``, ``Refusal/quotaReached``.
    package func request(_ new: NewScreeningRight, merchantID: Int64, in transaction: PostgresTransaction) async throws -> ScreeningRight {
        guard new.validFrom <= new.validTo else { throw Refusal.validPeriodInvalid }
        guard let isVerified = try await quotaStore.lock(merchantID, in: transaction) else { throw Refusal.notFound }
        guard try await !store.isRequested(new, merchantID: merchantID, in: transaction) else { throw Refusal.rightRequested }
        let limit = quotas.openRequests.limit(isVerified: isVerified)
        guard try await quotaStore.openRequests(of: merchantID, in: transaction) < limit else {
            throw Refusal.quotaReached(.openRequests, limit, isVerified: isVerified)
        }
        guard let id = try await store.add(new, merchantID: merchantID, in: transaction) else { throw Refusal.movieUnknown }
        return try await right(id, merchantID: merchantID, in: transaction)
    }

    /// One right.
    ///
    /// - Parameter merchantID: the merchant to whom it must belong; `nil` for the platform's people, who see all.
    /// - Throws: ``Refusal/notFound``.
    package func right(_ id: Int64, merchantID: Int64?, in session: some PostgresSession) async throws -> ScreeningRight {
        guard let right = try await store.right(id, merchantID: merchantID, in: session) else { throw Refusal.notFound }
        return right
    }

    /// Rights, oldest first.
    ///
    /// - Parameter merchantID: the merchant whose rights are listed; `nil` for all merchants.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func rights(
        merchantID: Int64?, state: ScreeningRightState? = nil, movieID: Int64? = nil, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<ScreeningRight> {
        try await store.rights(merchantID: merchantID, state: state, movieID: movieID, page: page, in: session)
    }

    /// Grants or refuses a requested right, or revokes a granted one. Showtimes that were scheduled with a revoked right stay,
    /// but sell nothing: the right is checked again with every order.
    ///
    /// - Throws: ``Refusal/notFound``, and what ``ScreeningRightDecision/applied(to:validFrom:validTo:)`` throws.
    package func decide(
        _ id: Int64, _ decision: ScreeningRightDecision, by accountID: Int64, in transaction: PostgresTransaction
    ) async throws -> ScreeningRight {
        guard let old = try await store.lock(id, in: transaction) else { throw Refusal.notFound }
        let new = try decision.applied(to: old.state, validFrom: old.validFrom, validTo: old.validTo)
        try await store.decide(id, state: new.state, validFrom: new.validFrom, validTo: new.validTo, by: accountID, in: transaction)
        return try await right(id, merchantID: nil, in: transaction)
    }
}
