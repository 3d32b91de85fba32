import Database
import Foundation

/// The two round trips of a booking transaction: {BEGIN, locks, reads} and {writes, COMMIT}.
///
/// Every statement takes its own snapshot (READ COMMITTED) after the locks of those before it: a count in the statement
/// that waits for a lock would not see what the lock's last holder wrote.
struct OrderOpeningStore: Sendable {
    #if UnguardedSelling
        /// For the fault harness's control run alone, which has to find the seats that are sold twice without the lock.
        private static let showtimeLock: Query = ""
    #else
        private static let showtimeLock: Query = "FOR UPDATE"
    #endif

    /// What somebody who orders needs a permission on.
    private static let resource = "orders"

    /// What is read, in the order of ``reads(_:isRepetition:)``.
    private enum Read: Int {
        case begin, lockLimit, showtimes, accounts, conditions, buyers, userGroupBits, claims, unpaidOrders, paidSeats, records, existing,
            clock
    }

    /// Locks the showtimes, then the accounts, each in the order of their ids, and reads what the rules need.
    ///
    /// - Parameter isRepetition: reads also the batch's own orders, in case they were written before.
    func reads(_ batch: [OrderOpening], isRepetition: Bool) -> [Query] {
        let showtimeIDs = Array(Set(batch.map(\.plan.showtimeID)))
        let accountIDs = Array(Set(batch.map(\.accountID)))
        let seats = wantedSeats(batch)
        let requests = batch.compactMap(\.idempotency)
        return [
            "BEGIN",
            "SET LOCAL lock_timeout = '1s'",
            // What the first try may have written is acknowledged by its repetition.
            .changing(
                isRepetition ? showtimeIDs.map { .seats(ofShowtime: $0) } : [],
                by: """
                    SELECT id, version, sale_opens_at, sale_closes_at, starts_at, closed_at, cancelled_at
                    FROM showtimes
                    WHERE id = ANY (\(showtimeIDs)::bigint[])
                    ORDER BY id
                    \(Self.showtimeLock)
                    """
            ),
            """
            SELECT id
            FROM accounts
            WHERE id = ANY (\(accountIDs)::bigint[])
            ORDER BY id
            FOR NO KEY UPDATE
            """,
            """
            SELECT
                showtimes.id,
                cinemas.seat_limit,
                merchants.verified_at IS NOT NULL,
                EXISTS (
                    SELECT
                    FROM screening_rights
                    WHERE screening_rights.merchant_id = showtimes.merchant_id
                        AND screening_rights.movie_id = showtimes.movie_id
                        AND screening_rights.state = 'granted'
                        AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date
                            BETWEEN screening_rights.valid_from AND screening_rights.valid_to
                ),
                coalesce(cinemas.refund_policy_id, (SELECT max(id) FROM refund_policies WHERE cinema_id IS NULL))
            FROM showtimes
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            JOIN merchants ON merchants.id = showtimes.merchant_id
            WHERE showtimes.id = ANY (\(showtimeIDs)::bigint[])
            """,
            """
            SELECT
                sessions.id,
                sessions.realm,
                sessions.revoked_at IS NULL
                    AND sessions.expires_at > clock_timestamp()
                    AND sessions.idle_expires_at > clock_timestamp()
                    AND accounts.disabled_at IS NULL
                    AND accounts.deleted_at IS NULL,
                accounts.permission,
                \(GrantStore.ownBitsOfAccount(on: Self.resource)),
                \(GrantStore.userGroupsOfAccount),
                accounts.merchant_id,
                \(GrantStore.cinemasOfAccount)
            FROM sessions
            JOIN accounts ON accounts.id = sessions.account_id
            WHERE sessions.id = ANY (\(Array(Set(batch.map(\.sessionID))))::bigint[])
            """,
            GrantStore.bitsOfUserGroups(on: Self.resource, ofAccounts: accountIDs),
            """
            SELECT seat_claims.showtime_id, seat_claims.seat_id, orders.id, orders.state, orders.expires_at
            FROM unnest(\(seats.map(\.showtimeID))::bigint[], \(seats.map(\.seatID))::bigint[]) AS wanted (showtime_id, seat_id)
            JOIN seat_claims ON seat_claims.showtime_id = wanted.showtime_id AND seat_claims.seat_id = wanted.seat_id
            JOIN orders ON orders.id = seat_claims.order_id
            """,
            """
            SELECT id, account_id, showtime_id, cardinality(seat_ids), expires_at
            FROM orders
            WHERE account_id = ANY (\(accountIDs)::bigint[])
                AND state IN ('pending_payment', 'paid_unconfirmed')
                AND channel = 'online'
            """,
            """
            SELECT account_id, showtime_id, sum(cardinality(seat_ids) - cardinality(refunded_seat_ids))::bigint
            FROM orders
            WHERE account_id = ANY (\(accountIDs)::bigint[])
                AND showtime_id = ANY (\(showtimeIDs)::bigint[])
                AND state IN ('paid', 'collected')
                AND channel = 'online'
            GROUP BY account_id, showtime_id
            """,
            """
            SELECT
                records.account_id, records.operation, records.key, records.request_sha256,
                records.status, records.location, records.body
            FROM unnest(
                \(requests.map(\.accountID))::bigint[],
                \(requests.map(\.operation))::text[],
                \(requests.map(\.key))::text[]
            ) AS wanted (account_id, operation, key)
            JOIN idempotency_records AS records
                ON records.account_id = wanted.account_id
                AND records.operation = wanted.operation
                AND records.key = wanted.key
                AND records.created_at > clock_timestamp() - INTERVAL '24 hours'
            """,
            OrderStore.ordersQuery(ids: isRepetition ? batch.map(\.orderID) : []),
            "SELECT clock_timestamp()",
        ]
    }

    /// What ``reads(_:isRepetition:)`` gave.
    ///
    /// - Parameters:
    ///   - batch: what was read for.
    ///   - policy: by which permissions are compared.
    func facts(_ results: [PostgresRows], for batch: [OrderOpening], policy: PermissionPolicy) throws -> OpeningFacts {
        func rows(_ read: Read) -> PostgresRows { results[read.rawValue] }
        let realms = Dictionary(batch.map { ($0.sessionID, $0.realm) }, uniquingKeysWith: { first, _ in first })
        guard let clock = rows(.clock).first else { throw ClockMissing() }
        var facts = OpeningFacts(now: try clock.decode((Date).self))
        for row in rows(.showtimes) {
            let (id, version, opensAt, closesAt, startsAt, closedAt, cancelledAt) =
                try row.decode((Int64, Int64, Date?, Date?, Date, Date?, Date?).self)
            facts.showtimes[id] = OpeningFacts.Showtime(
                version: version,
                window: SaleWindow(
                    opensAt: opensAt, closesAt: closesAt, startsAt: startsAt, closedAt: closedAt, cancelledAt: cancelledAt),
                seatLimit: 0,
                isMerchantVerified: false,
                isRightGranted: false
            )
        }
        for row in rows(.conditions) {
            let (id, seatLimit, isMerchantVerified, isRightGranted, policyID) = try row.decode((Int64, Int, Bool, Bool, Int64?).self)
            facts.showtimes[id]?.seatLimit = seatLimit
            facts.showtimes[id]?.isMerchantVerified = isMerchantVerified
            facts.showtimes[id]?.isRightGranted = isRightGranted
            facts.showtimes[id]?.refundPolicyID = policyID
        }
        var bitsOfUserGroups: [Int64: [Int64]] = [:]
        for row in rows(.userGroupBits) {
            let (userGroupID, bits) = try row.decode((Int64, Int64).self)
            bitsOfUserGroups[userGroupID, default: []].append(bits)
        }
        for row in rows(.buyers) {
            let (sessionID, realm, counts, mask, ownBits, userGroupIDs, merchantID, cinemaIDs) =
                try row.decode((Int64, Realm, Bool, Int, [Int64], [Int64], Int64?, [Int64]).self)
            let bits = ownBits + userGroupIDs.flatMap { bitsOfUserGroups[$0, default: []] }
            let grants = bits.map { PermissionGrant(resource: Self.resource, bits: Permission(rawValue: Int($0))) }
            let held = policy.effective(grants, on: Self.resource, mask: Permission(rawValue: mask))
            facts.buyers[sessionID] =
                if !counts || realms[sessionID] != realm { .unknown } else if policy.allows(.write, holding: held) { .welcome } else {
                    .restricted
                }
            if let merchantID {
                facts.scopes[sessionID] = .merchant(merchantID, cinemaIDs: cinemaIDs.isEmpty ? nil : cinemaIDs)
            }
        }
        for row in rows(.claims) {
            let (showtimeID, seatID, orderID, state, expiresAt) = try row.decode((Int64, Int64, UUID, OrderState, Date).self)
            facts.claims[SeatOfShowtime(showtimeID: showtimeID, seatID: seatID)] = OpeningFacts.Claim(
                orderID: orderID,
                hasLapsed: state.isUnpaid && expiresAt <= facts.now
            )
        }
        for row in rows(.unpaidOrders) {
            let (id, accountID, showtimeID, seats, expiresAt) = try row.decode((UUID, Int64, Int64, Int, Date).self)
            guard expiresAt > facts.now else {
                facts.lapsedOrders[BuyerOfShowtime(accountID: accountID, showtimeID: showtimeID), default: []].append(id)
                continue
            }
            facts.unpaidOrders[accountID, default: []].append(
                OpeningFacts.UnpaidOrder(id: id, showtimeID: showtimeID, seats: seats))
        }
        for row in rows(.paidSeats) {
            let (accountID, showtimeID, seats) = try row.decode((Int64, Int64, Int).self)
            facts.paidSeats[BuyerOfShowtime(accountID: accountID, showtimeID: showtimeID)] = seats
        }
        for row in rows(.records) {
            let (accountID, operation, key, sha256, status, location, body) =
                try row.decode((Int64, String, String, [UInt8], Int, String?, [UInt8]).self)
            facts.records[IdempotencyRecordKey(accountID: accountID, operation: operation, key: key)] = (
                sha256, RecordedAnswer(status: status, location: location, body: body)
            )
        }
        for row in rows(.existing) {
            let order = try Order(row: row)
            facts.existing[order.id] = order
        }
        return facts
    }

    /// Writes what was decided, and commits.
    func writes(_ decision: OpeningDecision, at now: Date, holdTime: Duration) -> [Query] {
        let orders = decision.opened.map(\.order)
        guard !orders.isEmpty else { return ["COMMIT"] }
        let lines = orders.flatMap { order in order.lines.map { (order: order, seatID: $0.seatID) } }
        let lapsed = Array(decision.lapsedOrderIDs)
        let touched = decision.touchedShowtimeIDs
        var queries = lapsed.isEmpty ? [] : OrderStore.ending(orderIDs: lapsed, of: touched, by: .lapsed, actor: .nobody, at: now)
        queries += [
            """
            INSERT INTO orders (
                id, account_id, showtime_id, state, seat_ids, seat_prices_fen,
                ticket_amount_fen, service_fee_fen, discount_fen, payable_fen, created_at, expires_at,
                channel, buyer_phone, refund_policy_id, showtime_starts_at
            )
            SELECT
                id, account_id, showtime_id, 'pending_payment', seat_ids::bigint[], seat_prices_fen::bigint[],
                ticket_amount_fen, service_fee_fen, 0, ticket_amount_fen + service_fee_fen, \(now),
                \(now.addingTimeInterval(holdTime.seconds)), channel, nullif(buyer_phone, ''), nullif(refund_policy_id, 0), showtime_starts_at
            FROM unnest(
                \(orders.map(\.id))::uuid[],
                \(orders.map(\.accountID))::bigint[],
                \(orders.map(\.showtimeID))::bigint[],
                \(orders.map { arrayText($0.lines.map(\.seatID)) })::text[],
                \(orders.map { arrayText($0.lines.map(\.priceFen)) })::text[],
                \(orders.map(\.amount.ticketAmountFen))::bigint[],
                \(orders.map(\.amount.serviceFeeFen))::bigint[],
                \(orders.map(\.channel))::text[],
                \(orders.map { $0.buyerPhone ?? "" })::text[],
                \(orders.map { $0.refundPolicyID ?? 0 })::bigint[],
                \(decision.opened.map(\.startsAt))::timestamptz[]
            ) AS opened (
                id, account_id, showtime_id, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, channel, buyer_phone, refund_policy_id,
                showtime_starts_at
            )
            """,
            """
            INSERT INTO order_events (order_id, at, to_state, cause, actor_account_id)
            SELECT order_id, \(now), 'pending_payment', \(OrderEvent.opened), account_id
            FROM unnest(\(orders.map(\.id))::uuid[], \(orders.map(\.accountID))::bigint[]) AS opened (order_id, account_id)
            """,
            """
            INSERT INTO seat_claims (showtime_id, seat_id, order_id)
            SELECT showtime_id, seat_id, order_id
            FROM unnest(
                \(lines.map(\.order.showtimeID))::bigint[],
                \(lines.map(\.seatID))::bigint[],
                \(lines.map(\.order.id))::uuid[]
            ) AS claimed (showtime_id, seat_id, order_id)
            """,
            OrderStore.raiseSeatRevision(showtimeIDs: Array(touched)),
        ]
        if let records = recording(decision) { queries.append(records) }
        queries.append("COMMIT")
        return queries
    }

    private func recording(_ decision: OpeningDecision) -> Query? {
        let records = decision.opened.compactMap { opened in
            opened.request.map { (request: $0, answer: opened.answer) }
        }
        guard !records.isEmpty else { return nil }
        return """
            INSERT INTO idempotency_records (account_id, operation, key, request_sha256, status, location, body)
            SELECT account_id, operation, key, decode(request_sha256, 'hex'), status, location, convert_to(body, 'UTF8')
            FROM unnest(
                \(records.map(\.request.accountID))::bigint[],
                \(records.map(\.request.operation))::text[],
                \(records.map(\.request.key))::text[],
                \(records.map { hexadecimal($0.request.sha256) })::text[],
                \(records.map(\.answer.status))::smallint[],
                \(records.map { $0.answer.location ?? "" })::text[],
                \(records.map { String(decoding: $0.answer.body, as: UTF8.self) })::text[]
            ) AS answered (account_id, operation, key, request_sha256, status, location, body)
            ON CONFLICT (account_id, operation, key) DO UPDATE
            SET request_sha256 = EXCLUDED.request_sha256,
                status = EXCLUDED.status,
                location = EXCLUDED.location,
                body = EXCLUDED.body,
                created_at = EXCLUDED.created_at
            """
    }

    /// The seats whose claims matter: those asked for, and where orphans are refused all others too.
    private func wantedSeats(_ batch: [OrderOpening]) -> Set<SeatOfShowtime> {
        Set(
            batch.flatMap { opening in
                (opening.plan.refusesOrphans ? opening.plan.layout.seats : opening.seats).map {
                    SeatOfShowtime(showtimeID: opening.plan.showtimeID, seatID: $0.id)
                }
            }
        )
    }

    /// An array of arrays can't be unnested one level: the inner ones travel as text.
    private func arrayText(_ values: [Int64]) -> String {
        "{" + values.map(String.init).joined(separator: ",") + "}"
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
