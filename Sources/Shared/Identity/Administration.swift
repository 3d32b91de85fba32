package import Database

extension Identity {
    /// Accounts by number.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func accounts(
        _ filter: AccountFilter = AccountFilter(), page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Account> {
        let rows = try await accountStore.accounts(filter, after: page.idKey(), limit: page.limit + 1, in: session)
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// Changes what an account may do, or whether it may sign in at all; disabling ends its sessions at once.
    /// To be followed by ``forget(accountID:)`` after the commit.
    ///
    /// - Parameter version: the one that the caller has seen; `nil` for any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/ownAccount``.
    package func changeAccount(
        _ id: Int64, _ change: AccountChange, version: Int64?, by principal: Principal, address: String?,
        in transaction: PostgresTransaction
    ) async throws -> Account {
        guard let before = try await accountStore.locked(id, in: transaction) else { throw Refusal.notFound }
        if let version, version != before.version { throw Refusal.stale }
        let permission = change.permission ?? before.permission
        let disabled = change.disabled ?? before.isDisabled
        guard permission != before.permission || disabled != before.isDisabled else { return before }
        if disabled, id == principal.accountID { throw Refusal.ownAccount }
        guard let after = try await accountStore.update(id, permission: permission, disabled: disabled, in: transaction) else {
            throw Refusal.notFound
        }
        if permission != before.permission {
            let details = ["from": String(before.permission.rawValue), "to": String(permission.rawValue)]
            try await record(.permissionChanged, details)
        }
        if disabled != before.isDisabled {
            if disabled { try await sessionStore.revokeAll(accountID: id, in: transaction) }
            try await record(disabled ? .accountDisabled : .accountEnabled)
        }
        return after

        func record(_ action: AuditAction, _ details: [String: String] = [:]) async throws {
            try await auditStore.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: action, subject: before.auditSubject, address: address, details: details
                ),
                in: transaction
            )
        }
    }

    /// Merchants by number.
    ///
    /// - Parameter verified: only those that are, or are not; `nil` for all.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func merchants(verified: Bool?, page: PageRequest, in session: some PostgresSession) async throws -> Page<Merchant> {
        let rows = try await merchantStore.merchants(verified: verified, after: page.idKey(), limit: page.limit + 1, in: session)
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// - Throws: ``Refusal/notFound``.
    package func merchant(_ id: Int64, in session: some PostgresSession) async throws -> Merchant {
        guard let merchant = try await merchantStore.merchant(id, in: session) else { throw Refusal.notFound }
        return merchant
    }

    /// Lets a merchant sell, or no longer.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func verifyMerchant(
        _ id: Int64, verified: Bool, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws -> Merchant {
        guard let merchant = try await merchantStore.setVerified(verified, id: id, in: transaction) else { throw Refusal.notFound }
        try await auditStore.record(
            AuditEntry(
                actorAccountID: principal.accountID,
                action: verified ? .merchantVerified : .merchantVerificationWithdrawn,
                subject: merchant.auditSubject,
                address: address
            ),
            in: transaction
        )
        return merchant
    }
}
