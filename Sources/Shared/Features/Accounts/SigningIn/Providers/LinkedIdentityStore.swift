import Callers
import Database

/// Linked accounts of identity providers in the database.
struct LinkedIdentityStore: Sendable {
    /// The account that an identity provider's account is linked to.
    func accountID(issuer: String, subject: String, realm: Realm, in session: some PostgresSession) async throws -> Int64? {
        try await session.row(
            """
            SELECT account_id
            FROM account_identities
            WHERE realm = \(realm)
            AND issuer = \(issuer)
            AND subject = \(subject)
            """
        ) { try $0["account_id"] }
    }

    /// Links them. `nil` when they are linked already, to this account or another.
    func insert(
        accountID: Int64, realm: Realm, issuer: String, subject: String, provider: String, in session: some PostgresSession
    ) async throws -> LinkedIdentity? {
        try await session.row(
            """
            INSERT INTO account_identities (account_id, realm, issuer, subject, provider)
            VALUES (\(accountID), \(realm), \(issuer), \(subject), \(provider))
            ON CONFLICT ON CONSTRAINT account_identities_key DO NOTHING
            RETURNING \(Self.columns)
            """,
            LinkedIdentity.init(row:)
        )
    }

    /// Those of an account, by number.
    func identities(accountID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<LinkedIdentity> {
        let query = try Query.page(page, of: "account_identities", Self.columns, where: ["account_id = \(accountID)"])
        return Page(try await session.rows(query, LinkedIdentity.init(row:)), request: page, id: \.id)
    }

    /// - Returns: what was deleted; `nil` when the account has no such link.
    func delete(_ id: Int64, accountID: Int64, in session: some PostgresSession) async throws -> LinkedIdentity? {
        try await session.row(
            """
            DELETE FROM account_identities
            WHERE id = \(id)
            AND account_id = \(accountID)
            RETURNING \(Self.columns)
            """,
            LinkedIdentity.init(row:)
        )
    }

    /// Whether somebody can still sign in to an account: by its password or by a linked account.
    ///
    /// - Parameter issuers: those that are set up now; the account of any other provider is no way in.
    func hasWayIn(accountID: Int64, issuers: [String], in session: some PostgresSession) async throws -> Bool {
        let has: Bool? = try await session.row(
            """
            SELECT password_hash <> \(PasswordHash.absent)
                OR EXISTS (
                    SELECT 1
                    FROM account_identities
                    WHERE account_id = accounts.id
                    AND issuer = ANY (\(issuers)::text[])
                ) AS has
            FROM accounts
            WHERE id = \(accountID)
            """
        ) { try $0["has"] }
        return has ?? false
    }

    /// Makes an account without a password. `nil` when somebody has the name.
    func insertAccount(username: Username, realm: Realm, in session: some PostgresSession) async throws -> Int64? {
        try await session.row(
            """
            INSERT INTO accounts (realm, username, password_hash, permission)
            VALUES (\(realm), \(username.description), \(PasswordHash.absent), \(realm.usualPermission.rawValue))
            ON CONFLICT (realm, username) DO NOTHING
            RETURNING id
            """
        ) { try $0["id"] }
    }

    /// Whether an account has an e-mail address and has proved it; one without a proof must not keep the address's owner out.
    func hasAccount(email: EmailAddress, realm: Realm, in session: some PostgresSession) async throws -> Bool {
        try await session.requiredRow(
            """
            SELECT EXISTS (
                SELECT 1
                FROM accounts
                WHERE realm = \(realm)
                AND email = \(email.description)
                AND email_verified_at IS NOT NULL
            ) AS has
            """
        ) { try $0["has"] }
    }

    private static let columns: Query = "id, account_id, provider, created_at"
}

extension LinkedIdentity {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"], accountID: try row["account_id"], provider: try row["provider"], createdAt: try row["created_at"]
        )
    }
}
