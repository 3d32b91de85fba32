import Database

/// One-time codes in the database.
struct OneTimeCodeStore: Sendable {
    /// What a destination's and an address's earlier requests allow.
    struct History: Sendable {
        /// Seconds until another code may go to the destination.
        let pause: Double
        let forDestination: Int
        let fromAddress: Int
    }

    /// Looks back at what was asked for this purpose, and from this address for any; and keeps others from asking for the same destination or from the same address until the end of the transaction.
    func history(
        destination: [UInt8], realm: Realm, purpose: CodePurpose, address: String, pause: Duration, in transaction: PostgresTransaction
    ) async throws -> History? {
        // Two locks in one order for everybody; what they stand for needn't be unique.
        try await transaction.execute(
            """
            SELECT pg_advisory_xact_lock(key)
            FROM (
                SELECT hashtextextended(name, 0) AS key
                FROM unnest(\([destination.map { String($0) }.joined(separator: "."), "address " + address])::text[]) AS name
                ORDER BY key
            ) AS keys
            """
        )
        return try await transaction.row(
            """
            SELECT
                coalesce((
                    SELECT extract(EPOCH FROM max(created_at) - clock_timestamp())::float8
                    FROM one_time_codes
                    WHERE destination_hmac = \(destination)
                    AND purpose = \(purpose.rawValue)
                    AND realm = \(realm)
                ) + \(pause / .seconds(1))::float8, 0) AS pause,
                (
                    SELECT count(*)
                    FROM one_time_codes
                    WHERE destination_hmac = \(destination)
                    AND purpose = \(purpose.rawValue)
                    AND created_at > clock_timestamp() - INTERVAL '1 day'
                ) AS for_destination,
                (
                    SELECT count(*)
                    FROM one_time_codes
                    WHERE address = \(address)
                    AND created_at > clock_timestamp() - INTERVAL '1 day'
                ) AS from_address
            """
        ) { row in
            History(pause: try row["pause"], forDestination: try row["for_destination"], fromAddress: try row["from_address"])
        }
    }

    func insert(
        code: [UInt8], request: OneTimeSecret, destination: [UInt8], realm: Realm, purpose: CodePurpose, accountID: Int64?, address: String,
        lifetime: Duration, in session: some PostgresSession
    ) async throws -> Int64? {
        try await session.row(
            """
            INSERT INTO one_time_codes (realm, purpose, request_sha256, destination_hmac, code_hmac, account_id, address, expires_at)
            VALUES (
                \(realm),
                \(purpose.rawValue),
                \(request.sha256),
                \(destination),
                \(code),
                \(accountID),
                \(address),
                clock_timestamp() + make_interval(secs => \(lifetime / .seconds(1))::float8)
            )
            RETURNING id
            """
        ) { try $0["id"] }
    }

    /// Counts a try at the code of a request, before anybody knows whether it is right.
    ///
    /// - Returns: the code, or `nil` when there is none that may still be tried.
    func takeTry(
        of request: OneTimeSecret, destination: [UInt8], realm: Realm, purpose: CodePurpose, limit: Int, in session: some PostgresSession
    ) async throws -> (id: Int64, code: [UInt8], accountID: Int64?)? {
        try await session.row(
            """
            UPDATE one_time_codes
            SET tries = tries + 1
            WHERE request_sha256 = \(request.sha256)
            AND destination_hmac = \(destination)
            AND realm = \(realm)
            AND purpose = \(purpose.rawValue)
            AND tries < \(limit)
            AND used_at IS NULL
            AND expires_at > clock_timestamp()
            RETURNING id, code_hmac, account_id
            """
        ) { (try $0["id"], try $0["code_hmac"], try $0["account_id"]) }
    }

    /// Uses a code up.
    ///
    /// - Returns: whether nobody else has.
    func use(_ id: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE one_time_codes
            SET used_at = clock_timestamp()
            WHERE id = \(id)
            AND used_at IS NULL
            AND expires_at > clock_timestamp()
            """
        ) == 1
    }

    /// Forgets codes whose day is over.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM one_time_codes
            WHERE id IN (
                SELECT id
                FROM one_time_codes
                WHERE created_at < clock_timestamp() - INTERVAL '2 days'
                ORDER BY created_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
