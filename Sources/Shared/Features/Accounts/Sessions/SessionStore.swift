import Callers
import Database

import struct Foundation.Date

/// Sessions in the database.
struct SessionStore: Sendable {
    /// Begins a session. Gives a row with its `expires_at`, when it ends by itself.
    ///
    /// - Parameter parentID: the session that answers for it, which it doesn't outlive.
    static func inserting(
        _ token: Token, accountID: Int64, length: Duration, idle: IdleTime, method: SignInMethod, parentID: Int64?, address: String?,
        userAgent: String?
    ) -> Query {
        """
        INSERT INTO sessions (
            token_sha256, account_id, realm, method, parent_session_id, address, user_agent, expires_at, idle_expires_at
        )
        VALUES (
            \(token.sha256),
            \(accountID),
            \(token.realm),
            \(method),
            \(parentID),
            \(address),
            \(userAgent),
            least(
                clock_timestamp() + make_interval(secs => \(length / .seconds(1))::double precision),
                (
                    SELECT parents.expires_at
                    FROM sessions AS parents
                    WHERE parents.id = \(parentID)
                )
            ),
            clock_timestamp() + make_interval(secs => \(idle.limit / .seconds(1))::double precision)
        )
        RETURNING expires_at
        """
    }

    /// Whose a session is, as it is now: `nil` when it is over, or the account is disabled or deleted.
    func principal(sessionID: Int64, realm: Realm, in session: some PostgresSession) async throws -> Principal? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM sessions
            JOIN accounts ON accounts.id = sessions.account_id
            WHERE sessions.id = \(sessionID)
            AND sessions.realm = \(realm)
            AND \(Self.stillCounts)
            """,
            Principal.init(row:)
        )
    }

    /// Ends a principal's own session.
    ///
    /// - Returns: whether it hadn't ended before.
    func revoke(_ principal: Principal, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(Self.revoking(of: principal.accountID, "id = \(principal.sessionID)")) > 0
    }

    /// Ends all sessions of an account.
    func revokeAll(accountID: Int64, in session: some PostgresSession) async throws {
        try await session.execute(
            .changing(
                principalOf: accountID,
                by:
                    """
                    UPDATE sessions
                    SET revoked_at = clock_timestamp()
                    WHERE account_id = \(accountID)
                    AND revoked_at IS NULL
                    """
            )
        )
    }

    /// Ends all sessions of an account but one, which stands for itself from then on.
    func revokeOthers(accountID: Int64, than sessionID: Int64, in session: some PostgresSession) async throws {
        try await session.execute(
            .changing(
                principalOf: accountID,
                by:
                    """
                    UPDATE sessions
                    SET revoked_at = CASE WHEN id <> \(sessionID) THEN clock_timestamp() END,
                        parent_session_id = CASE WHEN id <> \(sessionID) THEN parent_session_id END
                    WHERE account_id = \(accountID)
                    AND revoked_at IS NULL
                    """
            )
        )
    }

    /// Ends an account's oldest sessions, so that at most so many are left; but neither the one that has just begun nor those that answer
    /// for it, with which it would end.
    ///
    /// - Parameters:
    ///   - token: of the one that has just begun.
    ///   - parentID: the session that answers for it.
    static func revokingOldest(accountID: Int64, keeping limit: Int, besides token: Token, answeredForBy parentID: Int64?) -> Query {
        let others: Query = """
            SELECT id
            FROM sessions
            WHERE account_id = \(accountID)
            AND token_sha256 <> \(token.sha256)
            AND revoked_at IS NULL
            AND expires_at > clock_timestamp()
            AND idle_expires_at > clock_timestamp()
            """
        guard let parentID else {
            return revoking(
                of: accountID,
                """
                id IN (
                    \(others)
                    ORDER BY id DESC
                    OFFSET \(limit - 1)
                )
                """
            )
        }
        let answering: Query = """
            WITH RECURSIVE answering (id, parent_session_id) AS (
                SELECT id, parent_session_id
                FROM sessions
                WHERE id = \(parentID)
                UNION
                SELECT parents.id, parents.parent_session_id
                FROM answering
                JOIN sessions AS parents ON parents.id = answering.parent_session_id
            )
            SELECT id
            FROM answering
            """
        return revoking(
            of: accountID,
            """
            id IN (
                \(others)
                ORDER BY id IN (\(answering)) DESC, id DESC
                OFFSET \(limit - 1)
            )
            AND id NOT IN (\(answering))
            """
        )
    }

    /// Ends one session of an account.
    ///
    /// - Returns: whether it was one of that account, and still counted.
    func revoke(_ sessionID: Int64, of accountID: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            Self.revoking(
                of: accountID,
                """
                id = \(sessionID)
                AND account_id = \(accountID)
                AND expires_at > clock_timestamp()
                AND idle_expires_at > clock_timestamp()
                """
            )
        ) > 0
    }

    /// Ends those of an account's sessions that a condition names, and all that these answer for. A session that begins at this moment
    /// isn't seen here; it ends all the same, since it counts only as long as its parent does.
    private static func revoking(of accountID: Int64, _ condition: Query) -> Query {
        .changing(
            principalOf: accountID,
            by:
                """
                WITH RECURSIVE ended (id) AS (
                    SELECT id
                    FROM sessions
                    WHERE revoked_at IS NULL
                    AND \(condition)
                    UNION
                    SELECT children.id
                    FROM ended
                    JOIN sessions AS children ON children.parent_session_id = ended.id
                    WHERE children.revoked_at IS NULL
                )
                UPDATE sessions
                SET revoked_at = clock_timestamp()
                WHERE id IN (
                    SELECT id
                    FROM ended
                )
                AND revoked_at IS NULL
                """
        )
    }

    /// The sessions of an account that still count, newest first.
    func sessions(of accountID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<SessionRecord> {
        let columns: Query = "id, method, address, user_agent, created_at, last_seen_at, idle_expires_at, expires_at"
        let conditions: [Query] = [
            "account_id = \(accountID)",
            "revoked_at IS NULL",
            "expires_at > clock_timestamp()",
            "idle_expires_at > clock_timestamp()",
            Self.parentCounts,
        ]
        let query = try Query.page(page, of: "sessions", columns, where: conditions, .newestFirst)
        let rows = try await session.rows(query) { row in
            SessionRecord(
                id: try row["id"], method: try row["method"], address: try row["address"], userAgent: try row["user_agent"],
                createdAt: try row["created_at"], lastSeenAt: try row["last_seen_at"],
                idleExpiresAt: try row["idle_expires_at"], expiresAt: try row["expires_at"]
            )
        }
        return Page(rows, request: page, id: \.id)
    }

    /// Writes down that sessions are in use, unless that was written a moment ago. Ended ones stay ended; those that are locked are left
    /// alone, since people who only read wait for this.
    func touch(_ sessionIDs: [Int64], _ idle: IdleTime, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE sessions
            SET last_seen_at = clock_timestamp(),
                idle_expires_at = clock_timestamp() + make_interval(secs => \(idle.limit / .seconds(1))::double precision)
            WHERE id IN (
                SELECT id
                FROM sessions
                WHERE id = ANY (\(sessionIDs)::bigint[])
                AND last_seen_at < clock_timestamp() - make_interval(secs => \(idle.step / .seconds(1))::double precision)
                AND idle_expires_at > clock_timestamp()
                ORDER BY id
                FOR NO KEY UPDATE SKIP LOCKED
            )
            """
        )
    }

    /// The session of an account that a token is or was of, whether it has ended or not.
    func session(_ token: Token, of accountID: Int64, in session: some PostgresSession) async throws -> Int64? {
        try await session.row(
            """
            SELECT id
            FROM sessions
            WHERE token_sha256 = \(token.sha256)
            AND account_id = \(accountID)
            """
        ) { try $0["id"] }
    }

    /// Whether a principal's session began in the last five minutes, by a proof of who it is: not by another session's word.
    func isFresh(_ principal: Principal, in session: some PostgresSession) async throws -> Bool {
        let isFresh: Bool? = try await session.row(
            """
            SELECT created_at > clock_timestamp() - INTERVAL '5 minutes' AS is_fresh
            FROM sessions
            WHERE id = \(principal.sessionID)
            AND method IN ('password', 'code', 'sign_up', 'third_party')
            """
        ) { try $0["is_fresh"] }
        return isFresh ?? false
    }

    /// Deletes sessions that were revoked, or whose time ended, so long ago; a session that nobody used any more waits for the end of its
    /// time. Those that a ticket or a QR code names wait until that is deleted, a day later; those that other sessions hang on wait for
    /// these, which might count again without them.
    ///
    /// - Returns: how many were deleted.
    func deleteOld(endedBefore age: Duration, limit: Int, in session: some PostgresSession) async throws -> Int {
        let seconds = age / .seconds(1)
        return try await session.execute(
            """
            WITH ended AS (
                (
                    SELECT id
                    FROM sessions
                    WHERE expires_at < clock_timestamp() - make_interval(secs => \(seconds)::double precision)
                    ORDER BY expires_at
                    LIMIT \(limit)
                )
                UNION
                (
                    SELECT id
                    FROM sessions
                    WHERE revoked_at < clock_timestamp() - make_interval(secs => \(seconds)::double precision)
                    ORDER BY revoked_at
                    LIMIT \(limit)
                )
            )
            DELETE FROM sessions
            WHERE id IN (
                SELECT id
                FROM sessions
                WHERE id IN (SELECT id FROM ended)
                    AND NOT EXISTS (SELECT FROM app_tickets WHERE session_id = sessions.id)
                    AND NOT EXISTS (SELECT FROM qr_logins WHERE scanned_by_session_id = sessions.id)
                    AND NOT EXISTS (SELECT FROM sessions AS children WHERE children.parent_session_id = sessions.id)
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }

    private static let columns: Query =
        """
        sessions.id AS session_id, accounts.id AS account_id, accounts.realm, accounts.merchant_id, accounts.permission,
            \(hasSecondFactor),
            \(GrantStore.grantsOfAccount),
            \(GrantStore.cinemasOfAccount)
        """

    /// Whether an account that must have a second factor has one, as a column `has_second_factor` of a query on `accounts`; moviegoers'
    /// isn't looked at.
    static let hasSecondFactor: Query =
        """
        CASE
            WHEN accounts.realm = 'client' THEN FALSE
            ELSE EXISTS (
                SELECT 1
                FROM totp_secrets
                WHERE totp_secrets.account_id = accounts.id
                AND totp_secrets.confirmed_at IS NOT NULL
            )
        END AS has_second_factor
        """

    /// Whether the session counts that answers for another one, and the one that answers for that, up to the first, in a query on
    /// `sessions`; for most none does. None of them ends later by itself than the one before.
    static let parentCounts: Query =
        """
        CASE
            WHEN sessions.parent_session_id IS NULL THEN TRUE
            ELSE (
                WITH RECURSIVE answering (revoked_at, idle_expires_at, parent_session_id) AS (
                    SELECT parents.revoked_at, parents.idle_expires_at, parents.parent_session_id
                    FROM sessions AS parents
                    WHERE parents.id = sessions.parent_session_id
                    UNION ALL
                    SELECT parents.revoked_at, parents.idle_expires_at, parents.parent_session_id
                    FROM answering
                    JOIN sessions AS parents ON parents.id = answering.parent_session_id
                )
                SELECT bool_and(answering.revoked_at IS NULL AND answering.idle_expires_at > clock_timestamp())
                FROM answering
            )
        END
        """

    /// Whether a session and its account count, in a query on both.
    static let stillCounts: Query =
        """
        sessions.revoked_at IS NULL
        AND sessions.expires_at > clock_timestamp()
        AND sessions.idle_expires_at > clock_timestamp()
        AND \(parentCounts)
        AND accounts.realm = sessions.realm
        AND accounts.disabled_at IS NULL
        AND accounts.deleted_at IS NULL
        """
}

extension Principal {
    fileprivate init(row: PostgresRow) throws {
        let cinemaIDs: [Int64] = try row["cinema_ids"]
        self.init(
            accountID: try row["account_id"],
            realm: try row["realm"],
            merchantID: try row["merchant_id"],
            cinemaIDs: cinemaIDs.isEmpty ? nil : cinemaIDs,
            permission: Permission(rawValue: try row["permission"]),
            grants: GrantStore.grants(try row["grants"]),
            hasSecondFactor: try row["has_second_factor"],
            sessionID: try row["session_id"]
        )
    }
}
