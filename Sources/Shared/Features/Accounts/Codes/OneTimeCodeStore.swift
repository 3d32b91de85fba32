import Callers
import Database

/// One-time codes in the database.
struct OneTimeCodeStore: Sendable {
    /// Who asks for a code.
    struct Asker: Hashable, Sendable {
        /// The blocks of addresses in which it is counted, the client's first.
        let blocks: [AddressBlock]
        /// Whether the destination's account has signed in there before.
        let isKnown: Bool

        /// The client's block.
        var address: String { blocks.first?.text ?? "" }
        /// The site's, for an address of version 6.
        var site: String? { blocks.first { $0.clients > 1 }?.text }
    }

    /// What earlier requests leave: how many seconds to wait, each 0 where nothing has to be waited for.
    struct History: Sendable {
        /// Until another code may go to the destination.
        let pause: Double
        /// Until the day of so many codes for the destination, by this stranger, or from this address or site is over.
        let wait: Double
        /// How many that are.
        let limit: Int
    }

    /// How many codes there may be of a kind in 24 hours.
    private struct Limit {
        /// Which codes are of it, as a condition.
        let kind: Query
        let most: Int
    }

    /// Looks back at what was asked for this realm and purpose, and from this address or site for any; and keeps others from asking for the
    /// same destination or from there until the end of the transaction.
    func history(
        destination: [UInt8], realm: Realm, purpose: CodePurpose, asker: Asker, rules: OneTimeCodeConfiguration,
        in transaction: PostgresTransaction
    ) async throws -> History {
        // A few locks in one order for everybody; what they stand for needn't be unique.
        let names = [destination.map { String($0) }.joined(separator: ".")] + asker.blocks.map { "address " + $0.text }
        try await transaction.execute(
            """
            SELECT pg_advisory_xact_lock(key)
            FROM (
                SELECT hashtextextended(name, 0) AS key
                FROM unnest(\(names)::text[]) AS name
                ORDER BY key
            ) AS keys
            """
        )
        let asked: Query =
            """
            destination_hmac = \(destination)
            AND purpose = \(purpose.rawValue)
            AND realm = \(realm)
            """
        let shared: Query = if asker.isKnown { "known AND address = \(asker.address)" } else { "NOT known" }
        var limits = [Limit(kind: "\(asked) AND \(shared)", most: rules.dailyPerDestination)]
        for block in asker.blocks {
            let isFrom: Query = if block.clients > 1 { "site = \(block.text)" } else { "address = \(block.text)" }
            // What strangers have asked for from there is no concern of an owner's who is known.
            let mostOfStrangers =
                asker.isKnown
                ? block.share(ofClient: rules.dailyPerDestination, outOf: .max)
                : block.share(ofClient: rules.dailyPerStranger, outOf: rules.dailyPerDestination)
            limits += [
                Limit(kind: "\(asked) AND NOT known AND \(isFrom)", most: mostOfStrangers),
                Limit(kind: isFrom, most: block.share(ofClient: rules.dailyPerAddress, outOf: .max)),
            ]
        }
        let waits = limits.map { limit -> Query in "(\(Self.wait(limit)), \(limit.most)::integer)" }
        return try await transaction.requiredRow(
            """
            SELECT
                coalesce((
                    SELECT extract(EPOCH FROM max(created_at) - clock_timestamp())::float8
                    FROM one_time_codes
                    WHERE \(asked)
                    AND \(shared)
                ) + \(rules.pause / .seconds(1))::float8, 0) AS pause,
                coalesce(limits.wait, 0) AS wait,
                limits.most
            FROM (
                VALUES
                    \(waits.joined(separator: ", "))
            ) AS limits (wait, most)
            ORDER BY limits.wait DESC NULLS LAST
            LIMIT 1
            """
        ) { row in
            History(pause: try row["pause"], wait: try row["wait"], limit: try row["most"])
        }
    }

    /// Seconds until fewer than so many of 24 hours are left; NULL where that is so.
    private static func wait(_ limit: Limit) -> Query {
        """
        (
            SELECT extract(EPOCH FROM created_at + INTERVAL '1 day' - clock_timestamp())::float8
            FROM one_time_codes
            WHERE \(limit.kind)
            AND created_at > clock_timestamp() - INTERVAL '1 day'
            ORDER BY created_at DESC
            OFFSET \(limit.most - 1)
            LIMIT 1
        )
        """
    }

    func insert(
        code: [UInt8], request: OneTimeSecret, destination: [UInt8], realm: Realm, purpose: CodePurpose, accountID: Int64?, asker: Asker,
        lifetime: Duration, in session: some PostgresSession
    ) async throws -> Int64 {
        try await session.requiredRow(
            """
            INSERT INTO one_time_codes (
                realm, purpose, request_sha256, destination_hmac, code_hmac, account_id, address, site, known, expires_at
            )
            VALUES (
                \(realm),
                \(purpose.rawValue),
                \(request.sha256),
                \(destination),
                \(code),
                \(accountID),
                \(asker.address),
                \(asker.site),
                \(asker.isKnown),
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

    /// Deletes codes whose day is over.
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
