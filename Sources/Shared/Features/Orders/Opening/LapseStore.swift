import Database
import Foundation

/// Orders that held seats for nothing, recorded for a day under everything by which their buyer is known.
///
/// A row is only ever added, and under the lock of its order's showtime, so that recording waits for nobody.
struct LapseStore: Sendable {
    /// Records those orders of `ending`, a query with their rows, that held their seats for nothing. Part of a larger statement.
    ///
    /// Orders that were opened while nobody counted have no address block and count for nothing.
    static func recording(_ ending: OrderEnding, at now: Date) -> Query {
        """
        INSERT INTO lapsed_holds (holder, lapsed_at, order_id)
        SELECT holders.holder, \(now)::timestamptz, ending.id
        FROM ending
        JOIN accounts ON accounts.id = ending.account_id
        CROSS JOIN LATERAL (
            \(holdersOfAccount)
            UNION ALL
            SELECT 'block:' || ending.address_block
        ) AS holders (holder)
        WHERE ending.address_block IS NOT NULL
            AND holders.holder IS NOT NULL
            AND \(isForNothing(ending, at: now))
        """
    }

    /// A cancelled order counts when most of its time had passed: cancelling just before the end and ordering anew holds as many seats.
    private static func isForNothing(_ ending: OrderEnding, at now: Date) -> Query {
        switch ending {
        case .lapsed: "TRUE"
        case .cancelledByBuyer: "\(now)::timestamptz > ending.created_at + (ending.expires_at - ending.created_at) / 2"
        case .voided, .showtimeCancelled: "FALSE"
        }
    }

    /// By what an account's person is known. What wasn't proved may be anybody's.
    private static let holdersOfAccount: Query = """
        VALUES
            ('account:' || accounts.id),
            (CASE WHEN accounts.phone_verified_at IS NOT NULL THEN 'phone:' || accounts.phone END),
            (CASE WHEN accounts.email_verified_at IS NOT NULL THEN 'email:' || accounts.email END)
        """

    /// The lapses of the last day; see ``lapses(_:)``.
    static func lapses(ofAccounts accountIDs: [Int64], andOf addressBlocks: [Int64]) -> Query {
        """
        SELECT holders.account_id, holders.address_block, count(*), max(lapses.lapsed_at)
        FROM (
            SELECT accounts.id, NULL::bigint, keys.holder
            FROM accounts
            CROSS JOIN LATERAL (\(holdersOfAccount)) AS keys (holder)
            WHERE accounts.id = ANY (\(accountIDs)::bigint[])
                AND keys.holder IS NOT NULL
            UNION ALL
            SELECT NULL, blocks.address_block, 'block:' || blocks.address_block
            FROM unnest(\(addressBlocks)::bigint[]) AS blocks (address_block)
        ) AS holders (account_id, address_block, holder)
        CROSS JOIN LATERAL (
            SELECT lapsed_at
            FROM lapsed_holds
            WHERE lapsed_holds.holder = holders.holder
                AND lapsed_holds.lapsed_at > statement_timestamp() - make_interval(hours => \(Lapses.hours)::integer)
            ORDER BY lapsed_at DESC
            LIMIT \(Lapses.most)
        ) AS lapses
        GROUP BY holders.account_id, holders.address_block, holders.holder
        """
    }

    /// What ``lapses(ofAccounts:andOf:)`` gave. A person's account, phone number and e-mail address are not added up: mostly they tell of the
    /// same orders.
    static func lapses(_ rows: PostgresRows) throws -> (ofAccounts: [Int64: Lapses], ofAddressBlocks: [Int64: Lapses]) {
        var ofAccounts: [Int64: Lapses] = [:]
        var ofAddressBlocks: [Int64: Lapses] = [:]
        for row in rows {
            let (accountID, addressBlock, count, last) = try row.decode((Int64?, Int64?, Int, Date).self)
            let found = Lapses(count: count, last: last)
            if let accountID {
                ofAccounts[accountID] = ofAccounts[accountID].map { $0.count >= found.count ? $0 : found } ?? found
            }
            if let addressBlock { ofAddressBlocks[addressBlock] = found }
        }
        return (ofAccounts, ofAddressBlocks)
    }

    /// Removes those that no longer count, at most `limit`.
    ///
    /// - Returns: how many went.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM lapsed_holds
            WHERE (holder, lapsed_at, order_id) IN (
                SELECT holder, lapsed_at, order_id
                FROM lapsed_holds
                WHERE lapsed_at < statement_timestamp() - make_interval(hours => \(Lapses.hours)::integer)
                ORDER BY lapsed_at
                LIMIT \(limit)
            )
            """
        )
    }
}
