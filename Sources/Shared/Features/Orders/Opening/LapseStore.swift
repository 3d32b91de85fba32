import Callers
import Database
import Foundation

/// Orders that held seats for nothing. Each is recorded for a day, under everything that identifies its buyer.
///
/// Rows are only ever added, under the lock of their order's showtime, so that recording waits for nobody.
struct LapseStore: Sendable {
    /// Records those orders that held their seats for nothing. Part of a larger statement, in which `ending` is a query with the orders'
    /// rows.
    ///
    /// Orders that were opened while the limits were off have no address block, and are not recorded.
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
            UNION ALL
            SELECT 'block:' || (ending.address_block & \(~NumberedBlock.clientBits)::bigint) || '/48'
            WHERE ending.address_block NOT BETWEEN \(NumberedBlock.withoutSite.lowerBound)::bigint
                AND \(NumberedBlock.withoutSite.upperBound)::bigint
        ) AS holders (holder)
        WHERE ending.address_block IS NOT NULL
            AND holders.holder IS NOT NULL
            AND \(isForNothing(ending, at: now))
        """
    }

    /// A cancelled order counts in two cases: when more than half of its time had passed, or when the buyer's latest orders contain two
    /// other cancelled ones of the showtime. Otherwise cancelling and ordering anew would hold seats as long as a lapsed order does.
    private static func isForNothing(_ ending: OrderEnding, at now: Date) -> Query {
        switch ending {
        case .lapsed: "TRUE"
        case .cancelledByBuyer:
            """
            (
                \(now)::timestamptz > ending.created_at + (ending.expires_at - ending.created_at) / 2
                OR 2 <= (
                    SELECT count(*)
                    FROM (
                        SELECT showtime_id, state, created_at
                        FROM orders
                        WHERE orders.account_id = ending.account_id
                            AND orders.id <> ending.id
                        ORDER BY orders.id DESC
                        LIMIT 20
                    ) AS latest
                    WHERE latest.showtime_id = ending.showtime_id
                        AND latest.state = 'cancelled'
                        AND latest.created_at > \(now)::timestamptz - make_interval(hours => \(Lapses.hours)::integer)
                )
            )
            """
        case .voided, .showtimeCancelled: "FALSE"
        }
    }

    /// The names under which an account's lapses are recorded. A phone number or e-mail address that wasn't proved may be anybody's, and is
    /// left out.
    private static let holdersOfAccount: Query = """
        VALUES
            ('account:' || accounts.id),
            (CASE WHEN accounts.phone_verified_at IS NOT NULL THEN 'phone:' || accounts.phone END),
            (CASE WHEN accounts.email_verified_at IS NOT NULL THEN 'email:' || accounts.email END)
        """

    /// The name under which lapses of an address block are recorded: `block:NUMBER`, and `block:NUMBER/48` for a site.
    private static func holder(_ block: NumberedBlock) -> String {
        "block:\(block.first)" + (block.clients > 1 ? "/48" : "")
    }

    /// The lapses of the last day; see ``lapses(_:)``.
    static func lapses(ofAccounts accountIDs: [Int64], andOf addressBlocks: [NumberedBlock]) -> Query {
        """
        SELECT holders.account_id, holders.first_block, holders.clients, count(*), max(lapses.lapsed_at)
        FROM (
            SELECT accounts.id, NULL::bigint, NULL::integer, keys.holder
            FROM accounts
            CROSS JOIN LATERAL (\(holdersOfAccount)) AS keys (holder)
            WHERE accounts.id = ANY (\(accountIDs)::bigint[])
                AND keys.holder IS NOT NULL
            UNION ALL
            SELECT NULL, blocks.first_block, blocks.clients, blocks.holder
            FROM unnest(
                \(addressBlocks.map(\.first))::bigint[],
                \(addressBlocks.map(\.clients))::integer[],
                \(addressBlocks.map(holder))::text[]
            ) AS blocks (first_block, clients, holder)
        ) AS holders (account_id, first_block, clients, holder)
        CROSS JOIN LATERAL (
            SELECT lapsed_at
            FROM lapsed_holds
            WHERE lapsed_holds.holder = holders.holder
                AND lapsed_holds.lapsed_at > statement_timestamp() - make_interval(hours => \(Lapses.hours)::integer)
            ORDER BY lapsed_at DESC
            LIMIT \(Lapses.most)
        ) AS lapses
        GROUP BY holders.account_id, holders.first_block, holders.clients, holders.holder
        """
    }

    /// Reads what ``lapses(ofAccounts:andOf:)`` gave. The counts for a person's account, phone number and e-mail address are not added up,
    /// because they mostly count the same orders.
    static func lapses(_ rows: PostgresRows) throws -> (ofAccounts: [Int64: Lapses], ofAddressBlocks: [NumberedBlock: Lapses]) {
        var ofAccounts: [Int64: Lapses] = [:]
        var ofAddressBlocks: [NumberedBlock: Lapses] = [:]
        for row in rows {
            let (accountID, firstBlock, clients, count, last) = try row.decode((Int64?, Int64?, Int?, Int, Date).self)
            let found = Lapses(count: count, last: last)
            if let accountID {
                ofAccounts[accountID] = ofAccounts[accountID].map { $0.count >= found.count ? $0 : found } ?? found
            }
            if let firstBlock, let clients { ofAddressBlocks[NumberedBlock(first: firstBlock, clients: clients)] = found }
        }
        return (ofAccounts, ofAddressBlocks)
    }

    /// Deletes records that no longer count, at most `limit`.
    ///
    /// - Returns: how many it deleted.
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
