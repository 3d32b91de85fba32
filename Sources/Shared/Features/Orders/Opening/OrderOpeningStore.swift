import Callers
import Database
import Foundation

/// The two round trips of a booking transaction: {BEGIN, locks, reads} and {writes, COMMIT}.
///
/// Every statement takes its own snapshot (READ COMMITTED), after the locks of the statements before it. A count inside of the statement
/// that waits for a lock would not see what the lock's last holder wrote.
struct OrderOpeningStore: Sendable {
    #if UnguardedSelling
        /// Only the control run of the fault harness compiles this. It must find the seats that are sold twice without the lock.
        private static func showtimeLock(_ wait: LockWait) -> Query { "" }
    #else
        private static func showtimeLock(_ wait: LockWait) -> Query { "FOR UPDATE \(wait.clause)" }
    #endif

    /// The resource on which an order needs a permission.
    static let resource = "orders"

    /// The results of ``reads(_:waiting:isRepetition:)``, in their order, after those of the statements that begin the transaction.
    enum Read: Int {
        case showtimes, accounts, conditions, buyers, userGroupBits, claims, unpaidOrders, paidSeats, records, existing, summaries,
            clock
        /// Only for a batch with a request whose address block counts.
        case lapses
        /// Only for a batch with an answer to a challenge.
        case usedChallenges
    }

    /// Locks the showtimes, then the accounts, each in the order of their ids, and reads what the rules need.
    ///
    /// - Parameters:
    ///   - wait: what to do with rows that somebody else has locked.
    ///   - isRepetition: whether to read the batch's own orders too, which may have been written before.
    func reads(_ batch: [OrderOpening], waiting wait: LockWait, isRepetition: Bool) -> [Query] {
        let showtimeIDs = Array(Set(batch.map(\.plan.showtimeID)))
        let accountIDs = Array(Set(batch.map(\.accountID)))
        let seats = wantedSeats(batch)
        let blocks = Set(batch.compactMap(\.addressBlock).flatMap(NumberedBlock.all))
        // The widest block contains the others.
        let places = Set(
            batch.compactMap { opening in
                opening.addressBlock.flatMap { NumberedBlock.all(of: $0).last }
                    .map { OpeningFacts.AddressOfShowtime(addressBlock: $0, showtimeID: opening.plan.showtimeID) }
            })
        let reads: [Query] = [
            // The first try may have written, and nobody has been notified of that: the repetition does it.
            .changing(
                isRepetition ? showtimeIDs.map { .seats(ofShowtime: $0) } : [],
                by: """
                    SELECT id, version, sale_opens_at, sale_closes_at, starts_at, closed_at, cancelled_at
                    FROM showtimes
                    WHERE id = ANY (\(showtimeIDs)::bigint[])
                    ORDER BY id
                    \(Self.showtimeLock(wait))
                    """
            ),
            """
            SELECT id
            FROM accounts
            WHERE id = ANY (\(accountIDs)::bigint[])
            ORDER BY id
            FOR NO KEY UPDATE \(wait.clause)
            """,
            """
            SELECT
                showtimes.id,
                cinemas.seat_limit,
                merchants.verified_at IS NOT NULL,
                \(ShowtimeSale.isRightGranted),
                coalesce(cinemas.refund_policy_id, (SELECT max(id) FROM refund_policies WHERE cinema_id IS NULL)),
                movies.pinned_state IS NOT DISTINCT FROM 'ended'
            FROM showtimes
            JOIN movies ON movies.id = showtimes.movie_id
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            JOIN merchants ON merchants.id = showtimes.merchant_id
            WHERE showtimes.id = ANY (\(showtimeIDs)::bigint[])
            """,
            // Whether the caller may still order. There are two such checks: all other writes make theirs in `Principals.recheck`, with the
            // SQL of `SessionStore`. A condition that is added to one belongs in both.
            """
            SELECT
                sessions.id,
                sessions.realm,
                sessions.revoked_at IS NULL
                    AND sessions.expires_at > clock_timestamp()
                    AND sessions.idle_expires_at > clock_timestamp()
                    AND \(SessionStore.parentCounts)
                    AND accounts.disabled_at IS NULL
                    AND accounts.deleted_at IS NULL,
                accounts.permission,
                \(GrantStore.ownBitsOfAccount(on: Self.resource)),
                \(GrantStore.userGroupsOfAccount),
                accounts.merchant_id,
                \(GrantStore.cinemasOfAccount),
                accounts.id,
                accounts.phone_verified_at IS NOT NULL OR accounts.email_verified_at IS NOT NULL
            FROM sessions
            JOIN accounts ON accounts.id = sessions.account_id
            WHERE sessions.id = ANY (\(Array(Set(batch.map(\.sessionID))))::bigint[])
            """,
            GrantStore.bitsOfUserGroups(on: Self.resource, ofAccounts: accountIDs),
            """
            SELECT seat_claims.showtime_id, seat_claims.seat_id, orders.id, orders.state, orders.expires_at, orders.account_id
            FROM unnest(\(seats.map(\.showtimeID))::bigint[], \(seats.map(\.seatID))::bigint[]) AS wanted (showtime_id, seat_id)
            JOIN seat_claims ON seat_claims.showtime_id = wanted.showtime_id AND seat_claims.seat_id = wanted.seat_id
            JOIN orders ON orders.id = seat_claims.order_id
            """,
            unpaidOrders(ofAccounts: accountIDs, andOf: places),
            """
            SELECT account_id, showtime_id, sum(cardinality(seat_ids) - cardinality(refunded_seat_ids))::bigint
            FROM orders
            WHERE account_id = ANY (\(accountIDs)::bigint[])
                AND showtime_id = ANY (\(showtimeIDs)::bigint[])
                AND state IN ('paid', 'collected')
                AND channel = 'online'
            GROUP BY account_id, showtime_id
            """,
            IdempotencyStore.answers(to: batch.compactMap(\.idempotency)),
            OrderStore.ordersQuery(ids: isRepetition ? batch.map(\.orderID) : []),
            ShowtimeSummaryStore.query(showtimeIDs: showtimeIDs),
            "SELECT clock_timestamp()",
        ]
        return reads + squattingReads(batch, accountIDs: accountIDs, addressBlocks: Array(blocks))
    }

    /// Unpaid orders of the batch's buyers, and of others in their networks for the same showtimes.
    ///
    /// The latter are looked up place by place (hence OFFSET 0). Otherwise PostgreSQL could keep a query plan that reads all unpaid orders,
    /// made while there were few, and use it when there are many.
    private func unpaidOrders(ofAccounts accountIDs: [Int64], andOf places: Set<OpeningFacts.AddressOfShowtime>) -> Query {
        let ofAccounts: Query = """
            SELECT id, account_id, showtime_id, cardinality(seat_ids), expires_at, address_block
            FROM orders
            WHERE account_id = ANY (\(accountIDs)::bigint[])
                AND state IN ('pending_payment', 'paid_unconfirmed')
                AND channel = 'online'
            """
        guard !places.isEmpty else { return ofAccounts }
        return """
            \(ofAccounts)
            UNION ALL
            SELECT others.*
            FROM unnest(
                \(places.map(\.showtimeID))::bigint[],
                \(places.map(\.addressBlock.first))::bigint[],
                \(places.map(\.addressBlock.last))::bigint[]
            ) AS places (showtime_id, first_block, last_block)
            CROSS JOIN LATERAL (
                SELECT id, account_id, showtime_id, cardinality(seat_ids), expires_at, address_block
                FROM orders
                WHERE orders.showtime_id = places.showtime_id
                    AND orders.address_block BETWEEN places.first_block AND places.last_block
                    AND orders.address_block IS NOT NULL
                    AND orders.state IN ('pending_payment', 'paid_unconfirmed')
                    AND orders.account_id <> ALL (\(accountIDs)::bigint[])
                OFFSET 0
            ) AS others
            """
    }

    private func squattingReads(_ batch: [OrderOpening], accountIDs: [Int64], addressBlocks: [NumberedBlock]) -> [Query] {
        guard !addressBlocks.isEmpty else { return [] }
        let lapses = LapseStore.lapses(ofAccounts: accountIDs, andOf: addressBlocks)
        let challengeIDs = batch.compactMap { opening -> String? in
            if case .solved(let id, _)? = opening.challenge { id } else { nil }
        }
        return [lapses] + (challengeIDs.isEmpty ? [] : [ChallengeStore.used(challengeIDs)])
    }

    /// The seats whose seat claims matter: those asked for, and where orphans are refused all others too.
    private func wantedSeats(_ batch: [OrderOpening]) -> Set<SeatOfShowtime> {
        Set(
            batch.flatMap { opening in
                (opening.plan.refusesOrphans ? opening.plan.layout.seats : opening.seats).map {
                    SeatOfShowtime(showtimeID: opening.plan.showtimeID, seatID: $0.id)
                }
            }
        )
    }
}
