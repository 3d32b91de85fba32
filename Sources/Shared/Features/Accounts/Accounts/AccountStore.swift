import Callers
import Database

/// Accounts in the database.
struct AccountStore: Sendable {
    /// Adds an account.
    ///
    /// - Parameter isSetByOther: whether somebody else has set its password.
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``.
    func insert(
        _ new: NewAccount, hash: PasswordHash, isSetByOther: Bool, realm: Realm, merchantID: Int64?, in session: some PostgresSession
    ) async throws -> Account {
        try await Self.refusingTakenNames {
            try await session.requiredRow(
                """
                INSERT INTO accounts (realm, username, phone, email, password_hash, password_set_by_other, permission, merchant_id)
                VALUES (
                    \(realm),
                    \(new.username.description),
                    \(new.phone?.description),
                    \(new.email?.description),
                    \(hash.text),
                    \(isSetByOther),
                    \(realm.usualPermission.rawValue),
                    \(merchantID)
                )
                RETURNING \(Self.columns)
                """,
                Account.init(row:)
            )
        }
    }

    /// One account that isn't deleted, or `nil`.
    func account(_ id: Int64, in session: some PostgresSession) async throws -> Account? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM accounts
            WHERE id = \(id)
            AND deleted_at IS NULL
            """,
            Account.init(row:)
        )
    }

    /// The account that signs in under a name, with its password's hash; `nil` when there is none.
    func credentials(
        of login: LoginName, realm: Realm, in session: some PostgresSession
    ) async throws -> (account: Account, hash: PasswordHash?)? {
        let matches: Query =
            switch login {
            case .username(let username): "username = \(username.description)"
            case .phone(let phone): "phone = \(phone.description)"
            case .email(let email): "email = \(email.description)"
            }
        return try await session.row(
            """
            SELECT \(Self.columns), password_hash
            FROM accounts
            WHERE realm = \(realm)
            AND \(matches)
            AND deleted_at IS NULL
            """
        ) { row in
            let hash: String = try row["password_hash"]
            return (try Account(row: row), PasswordHash(hash))
        }
    }

    /// Accounts that aren't deleted, by number.
    func accounts(_ filter: AccountFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Account> {
        Page(try await session.rows(try Self.list(filter, page: page), Account.init(row:)), request: page, id: \.id)
    }

    static func list(_ filter: AccountFilter, page: PageRequest) throws -> Query {
        var conditions: [Query] = ["deleted_at IS NULL"]
        if let realm = filter.realm { conditions.append("realm = \(realm)") }
        if let prefix = filter.usernamePrefix {
            // As bytes, whatever the collation is: the index for it is ordered like that.
            conditions.append("username ~>=~ \(prefix)")
            conditions.append("username ~<~ \(prefix + "\u{10FFFF}")")
        }
        if let phone = filter.phone { conditions.append("phone = \(phone.description)") }
        if let email = filter.email { conditions.append("email = \(email.description)") }
        if let disabled = filter.disabled { conditions.append(disabled ? "disabled_at IS NOT NULL" : "disabled_at IS NULL") }
        if let merchantID = filter.merchantID { conditions.append("merchant_id = \(merchantID)") }
        return try .page(page, of: "accounts", columns, where: conditions)
    }

    /// A password's hash; `nil` when there is no such account.
    func passwordHash(of id: Int64, in session: some PostgresSession) async throws -> PasswordHash? {
        let text: String? = try await session.row(
            """
            SELECT password_hash
            FROM accounts
            WHERE id = \(id)
            AND deleted_at IS NULL
            """
        ) { try $0["password_hash"] }
        return text.flatMap { PasswordHash($0) }
    }

    /// Whether any account has a hash of the former kind; an index holds just these.
    func hasFormerHashes(in session: some PostgresSession) async throws -> Bool {
        try await session.requiredRow(
            """
            SELECT EXISTS (
                SELECT 1
                FROM accounts
                WHERE password_hash LIKE '$scrypt$%'
                AND deleted_at IS NULL
            ) AS has
            """
        ) { try $0["has"] }
    }

    /// Stores another hash of the same password, unless the password was changed meanwhile.
    func rehashPassword(_ hash: PasswordHash, of id: Int64, insteadOf old: PasswordHash, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE accounts
            SET password_hash = \(hash.text)
            WHERE id = \(id)
            AND password_hash = \(old.text)
            AND deleted_at IS NULL
            """
        )
    }

    /// Sets a password that the owner itself has chosen.
    ///
    /// - Parameter old: the hash that must still be stored; `nil` for any.
    /// - Returns: whether the password was set.
    func setPassword(_ hash: PasswordHash, of id: Int64, insteadOf old: PasswordHash?, in session: some PostgresSession) async throws
        -> Bool
    {
        let condition: Query = if let old { "password_hash = \(old.text)" } else { "TRUE" }
        return try await session.execute(
            """
            UPDATE accounts
            SET password_hash = \(hash.text),
                password_set_by_other = FALSE
            WHERE id = \(id)
            AND \(condition)
            AND deleted_at IS NULL
            """
        ) == 1
    }

    /// Sets the password of an account that has none.
    ///
    /// - Returns: whether it had none.
    func setFirstPassword(_ hash: PasswordHash, of id: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE accounts
            SET password_hash = \(hash.text)
            WHERE id = \(id)
            AND password_hash = \(PasswordHash.absent)
            AND deleted_at IS NULL
            """
        ) == 1
    }

    /// One account that isn't deleted, locked until the end of the transaction.
    func locked(_ id: Int64, in transaction: PostgresTransaction) async throws -> Account? {
        try await transaction.row(Self.locking(id), Account.init(row:))
    }

    /// One account that isn't deleted, locked until the end of the transaction, with what ``password(_:)`` reads.
    static func locking(_ id: Int64) -> Query {
        """
        SELECT \(columns), password_hash, password_set_by_other
        FROM accounts
        WHERE id = \(id)
        AND deleted_at IS NULL
        FOR NO KEY UPDATE
        """
    }

    /// A password's hash, and whether somebody else has set it.
    static func password(_ row: PostgresRow) throws -> (hash: PasswordHash?, isSetByOther: Bool) {
        let text: String = try row["password_hash"]
        return (PasswordHash(text), try row["password_set_by_other"])
    }

    /// Changes the names under which somebody signs in. `nil` when there is no such account.
    ///
    /// - Parameter proved: the number or mailbox that the account has proved; any other new one is unverified.
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``.
    func update(
        _ id: Int64, _ change: ProfileChange, proved: CodeDestination?, in session: some PostgresSession
    ) async throws -> Account? {
        try await Self.refusingTakenNames {
            let changesPhone = change.phone != nil
            let changesEmail = change.email != nil
            let phone = change.phone.flatMap(\.self)
            let email = change.email.flatMap(\.self)
            return try await session.row(
                """
                UPDATE accounts
                SET username = coalesce(\(change.username?.description), username),
                    phone = CASE WHEN \(changesPhone)::boolean THEN \(phone?.description) ELSE phone END,
                    phone_verified_at = CASE
                        WHEN \(proved != nil && phone.map(CodeDestination.phone) == proved)::boolean THEN clock_timestamp()
                        WHEN \(changesPhone)::boolean AND phone IS DISTINCT FROM \(phone?.description) THEN NULL
                        ELSE phone_verified_at
                    END,
                    email = CASE WHEN \(changesEmail)::boolean THEN \(email?.description) ELSE email END,
                    email_verified_at = CASE
                        WHEN \(proved != nil && email.map(CodeDestination.email) == proved)::boolean THEN clock_timestamp()
                        WHEN \(changesEmail)::boolean AND email IS DISTINCT FROM \(email?.description) THEN NULL
                        ELSE email_verified_at
                    END,
                    version = version + 1
                WHERE id = \(id)
                AND deleted_at IS NULL
                RETURNING \(Self.columns)
                """,
                Account.init(row:)
            )
        }
    }

    /// Changes what an account may do and whether it may at all. `nil` when there is no such account.
    ///
    /// - Parameter disabledBy: the realm whose people disable it; `nil` enables it.
    func update(_ id: Int64, permission: Permission, disabledBy: Realm?, in session: some PostgresSession) async throws -> Account? {
        try await session.row(
            .changing(
                principalOf: id,
                by:
                    """
                    UPDATE accounts
                    SET permission = \(permission.rawValue),
                        disabled_at = CASE WHEN \(disabledBy)::text IS NOT NULL THEN coalesce(disabled_at, clock_timestamp()) END,
                        disabled_by = \(disabledBy),
                        version = version + 1
                    WHERE id = \(id)
                    AND deleted_at IS NULL
                    RETURNING \(Self.columns)
                    """
            ),
            Account.init(row:)
        )
    }

    static let columns: Query =
        """
        id, realm, username, phone, phone_verified_at, email, email_verified_at, permission, merchant_id, disabled_at, disabled_by, created_at,
        version
        """

    /// Refuses a name that is taken; the violated index says which one.
    private static func refusingTakenNames<Result>(_ write: () async throws -> Result) async throws -> Result {
        do {
            return try await write()
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            switch error.constraintName {
            case "accounts_realm_username_key": throw Refusal.usernameTaken
            case "accounts_realm_phone_key": throw Refusal.phoneTaken
            case "accounts_realm_email_key": throw Refusal.emailTaken
            default: throw error
            }
        }
    }
}

extension Realm: PostgresCodable {}

extension Account {
    init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            realm: try row["realm"],
            username: try row["username"],
            phone: try row["phone"],
            phoneVerifiedAt: try row["phone_verified_at"],
            email: try row["email"],
            emailVerifiedAt: try row["email_verified_at"],
            permission: Permission(rawValue: try row["permission"]),
            merchantID: try row["merchant_id"],
            disabledAt: try row["disabled_at"],
            disabledBy: try row["disabled_by"],
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}
