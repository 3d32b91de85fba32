import Callers
import Database
import Foundation

/// Reads orders, and ends unpaid ones.
struct OrderStore: Sendable {
    /// The columns that ``Order/init(row:)`` reads.
    private static let columns: Query = """
        SELECT
            orders.id, orders.account_id, orders.showtime_id, orders.state, orders.seat_ids, orders.seat_prices_fen,
            seat_names.seat_labels, seat_names.seat_zones,
            orders.ticket_amount_fen, orders.service_fee_fen, orders.discount_fen,
            shares.places, shares.stages, shares.amounts_fen, shares.payers, shares.company_ids,
            orders.created_at, orders.expires_at, orders.paid_at, orders.version,
            orders.channel, orders.buyer_phone, orders.refund_policy_id, orders.paid_by_payment_id, orders.refunded_seat_ids,
            (\(OrderAttentionStore.undecided)) AS attention
        FROM orders
        CROSS JOIN LATERAL (
            SELECT
                array_agg(seats.label ORDER BY line.place) AS seat_labels,
                array_agg(seats.zone ORDER BY line.place) AS seat_zones
            FROM unnest(orders.seat_ids) WITH ORDINALITY AS line (seat_id, place)
            JOIN seats ON seats.id = line.seat_id
        ) AS seat_names
        -- Nothing is looked up for an order of which nothing is taken off.
        CROSS JOIN LATERAL (
            SELECT
                array_agg(order_discounts.place::bigint) AS places,
                array_agg(order_discounts.stage) AS stages,
                array_agg(order_discounts.amount_fen) AS amounts_fen,
                array_agg(order_discounts.payer) AS payers,
                array_agg(coalesce(order_discounts.company_id, 0)) AS company_ids
            FROM order_discounts
            WHERE orders.discount_fen > 0
                AND order_discounts.order_id = orders.id
        ) AS shares
        """

    static func ordersQuery(ids: [UUID]) -> Query {
        """
        \(columns)
        WHERE orders.id = ANY (\(ids)::uuid[])
        """
    }

    /// - Parameter selection: selects the orders' ids.
    static func ordersQuery(idsIn selection: Query) -> Query {
        """
        \(columns)
        WHERE orders.id = ANY (ARRAY(\(selection)))
        """
    }

    /// Selects the id of an order if the order is inside of the scope.
    static func idQuery(_ id: UUID, scope: OrderScope) -> Query {
        """
        SELECT orders.id
        FROM orders
        WHERE \(isOrder(id, inside: scope))
        """
    }

    private static func isOrder(_ id: UUID, inside scope: OrderScope) -> Query {
        """
        orders.id = \(id)
            AND (\(scope.accountID)::bigint IS NULL OR orders.account_id = \(scope.accountID))
            \(isInside(scope.showtimes))
        """
    }

    /// An order; `nil` when there is none or when it is outside of the scope.
    func order(_ id: UUID, scope: OrderScope, in session: some PostgresSession) async throws -> Order? {
        try await session.row(
            """
            \(Self.columns)
            WHERE \(Self.isOrder(id, inside: scope))
            """,
            Order.init(row:)
        )
    }

    /// An order with its showtime and the refund policy that its buyer agreed to, in one round trip; `nil` when there is none or when it is
    /// outside of the scope.
    func detailedOrder(_ id: UUID, scope: OrderScope, in session: some PostgresSession) async throws -> DetailedOrder? {
        let isOrder = Self.isOrder(id, inside: scope)
        let results = try await session.pipeline([
            """
            \(Self.columns)
            WHERE \(isOrder)
            """,
            ShowtimeSummaryStore.query(idsIn: "SELECT orders.showtime_id FROM orders WHERE \(isOrder)"),
            RefundPolicyStore.query(idIn: "SELECT orders.refund_policy_id FROM orders WHERE \(isOrder)"),
        ])
        guard let order = try results[0].first.map(Order.init(row:)) else { return nil }
        return DetailedOrder(
            order: order, showtime: try ShowtimeSummaries(rows: results[1]).summary(of: order.showtimeID),
            refundPolicy: try results[2].first.map(RefundPolicy.init(row:)))
    }

    /// Orders, newest first, which is the order of their ids (``Foundation/UUID/timeOrdered(at:)``).
    ///
    /// Each filter has an index: a person's orders are found by the index on account, a showtime's by the index on showtime, those of a
    /// merchant, cinema or day through their showtimes, those of a phone number by the indexes on the last digits, those that wait for a
    /// decision through the few decisions, that of a trade by its number, and all orders by the primary key.
    func orders(
        _ filter: OrderFilter,
        scope: OrderScope,
        page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<Order> {
        let start: Query? = try page.keys(count: 1).map { keys in
            guard let id = UUID(uuidString: keys[0]) else { throw Refusal.cursorInvalid }
            return "orders.id < \(id)"
        }
        let conditions: [Query?] = [
            scope.accountID.map { "orders.account_id = \($0)" },
            filter.showtimeID.map { "orders.showtime_id = \($0)" },
            Self.showtimes(filter, scope: scope).map { "orders.showtime_id IN (\($0))" },
            filter.phoneTail.map(Self.isBuyer(phoneTail:)),
            filter.attention.map { "orders.id IN (\(OrderAttentionStore.orderIDs($0)))" },
            filter.outTradeNo.map(Self.isPaid(byTrade:)),
            filter.state.map(Self.isShown(as:)),
            filter.isHolding ? Self.isHolding : nil,
            start,
        ]
        let rows = try await session.rows(
            """
            \(Self.columns)
            WHERE \(conditions.conjunction)
            ORDER BY orders.id DESC
            LIMIT \(page.rowLimit)
            """,
            Order.init(row:)
        )
        return Page(rows, request: page) { [$0.id.uuidString] }
    }

    /// A person's orders in the order of their showtimes' starts: those that hold seats of a showtime that isn't over, or all others. By the
    /// index on account; nobody has many.
    ///
    /// - Returns: ``PageRequest/rowLimit`` orders at most.
    func orders(
        _ filter: OrderFilter, upcoming: Bool, accountID: Int64, page: PageRequest, in session: some PostgresSession
    ) async throws -> [Order] {
        let start: Query? = try page.keys(count: 2).map { keys in
            let startsAt = try Date(cursorKey: keys[0])
            guard let id = UUID(uuidString: keys[1]) else { throw Refusal.cursorInvalid }
            let place: Query = "(\(startsAt)::timestamptz, \(id)::uuid)"
            return upcoming ? "(showtimes.starts_at, orders.id) > \(place)" : "(showtimes.starts_at, orders.id) < \(place)"
        }
        let isUpcoming: Query = "(showtimes.ends_at > statement_timestamp() AND \(Self.isHolding))"
        let conditions: [Query?] = [
            "orders.account_id = \(accountID)",
            upcoming ? isUpcoming : "NOT \(isUpcoming)",
            filter.outTradeNo.map(Self.isPaid(byTrade:)),
            filter.state.map(Self.isShown(as:)),
            start,
        ]
        let direction: Query = upcoming ? "ASC" : "DESC"
        return try await session.rows(
            """
            \(Self.columns)
            JOIN (
                SELECT orders.id, showtimes.starts_at
                FROM orders
                JOIN showtimes ON showtimes.id = orders.showtime_id
                WHERE \(conditions.conjunction)
                ORDER BY showtimes.starts_at \(direction), orders.id \(direction)
                LIMIT \(page.rowLimit)
            ) AS listed ON listed.id = orders.id
            ORDER BY listed.starts_at \(direction), listed.id \(direction)
            """,
            Order.init(row:)
        )
    }

    private static func isInside(_ scope: MerchantScope) -> Query {
        guard !scope.isEverybody else { return "" }
        return """
            AND EXISTS (
                SELECT
                FROM showtimes
                WHERE showtimes.id = orders.showtime_id
                    AND \(scope.condition(merchant: "showtimes.merchant_id", cinema: "showtimes.cinema_id"))
            )
            """
    }

    /// Selects the showtimes that match a filter and a scope; `nil` for all.
    private static func showtimes(_ filter: OrderFilter, scope: OrderScope) -> Query? {
        var conditions: [Query] = []
        if !scope.showtimes.isEverybody { conditions.append(scope.showtimes.condition(merchant: "merchant_id", cinema: "cinema_id")) }
        if let cinemaID = filter.cinemaID { conditions.append("cinema_id = \(cinemaID)") }
        if let day = filter.day { conditions.append("business_day = \(day)") }
        if let day = filter.calendarDay {
            // The index on the start finds the showtimes around the day.
            conditions.append(
                """
                starts_at >= \(day)::timestamp AT TIME ZONE 'UTC' - INTERVAL '14 hours'
                    AND starts_at < \(day)::timestamp AT TIME ZONE 'UTC' + INTERVAL '36 hours'
                    AND (starts_at AT TIME ZONE (SELECT time_zone FROM cinemas WHERE cinemas.id = showtimes.cinema_id))::date = \(day)::date
                """)
        }
        guard !conditions.isEmpty else { return nil }
        return """
            SELECT id
            FROM showtimes
            WHERE \(conditions.joined(separator: " AND "))
            """
    }

    /// Uses the indexes on the last digits. An OR over both tables would read every order.
    private static func isBuyer(phoneTail tail: String) -> Query {
        """
        orders.id IN (
            SELECT id
            FROM orders
            WHERE right(buyer_phone, 4) = \(tail)
            UNION ALL
            SELECT orders.id
            FROM accounts
            JOIN orders ON orders.account_id = accounts.id
            WHERE right(accounts.phone, 4) = \(tail)
                AND orders.channel = 'online'
        )
        """
    }

    private static func isPaid(byTrade outTradeNo: String) -> Query {
        "orders.id IN (SELECT payments.order_id FROM payments WHERE payments.out_trade_no = \(outTradeNo))"
    }

    private static let isHolding: Query = """
        (
            orders.state IN ('paid', 'collected')
            OR orders.state IN ('pending_payment', 'paid_unconfirmed') AND orders.expires_at > statement_timestamp()
        )
        """

    private static func isShown(as state: OrderState) -> Query {
        switch state {
        case .pendingPayment, .paidUnconfirmed:
            "orders.state = \(state) AND orders.expires_at > statement_timestamp()"
        case .expired:
            """
            (
                orders.state = 'expired'
                OR orders.state IN ('pending_payment', 'paid_unconfirmed') AND orders.expires_at <= statement_timestamp()
            )
            """
        case .paid, .collected, .cancelled, .refunding, .refunded:
            "orders.state = \(state)"
        }
    }

    /// The events of an order, oldest first.
    func events(orderID: UUID, in session: some PostgresSession) async throws -> [OrderEvent] {
        try await session.rows(
            """
            SELECT id, at, from_state, to_state, cause, actor_account_id, note
            FROM order_events
            WHERE order_id = \(orderID)
            ORDER BY id
            """
        ) { row in
            OrderEvent(
                id: try row["id"],
                at: try row["at"],
                fromState: try row["from_state"],
                toState: try row["to_state"],
                cause: try row["cause"],
                actorAccountID: try row["actor_account_id"],
                note: try row["note"]
            )
        }
    }

    /// An order with the title of its movie, without a lock; `nil` when there is none or when it is outside of the scope.
    func orderWithTitle(
        _ id: UUID, scope: OrderScope, in transaction: PostgresTransaction
    ) async throws -> (order: Order, title: String)? {
        let ids = Self.idQuery(id, scope: scope)
        let results = try await transaction.results(of: [
            Self.ordersQuery(idsIn: ids),
            """
            SELECT movies.title
            FROM orders
            JOIN showtimes ON showtimes.id = orders.showtime_id
            JOIN movies ON movies.id = showtimes.movie_id
            WHERE orders.id IN (\(ids))
            """,
        ])
        guard let order = try results[0].first.map(Order.init(row:)), let title = results[1].first else { return nil }
        return (order, try title["title"])
    }

    /// The order with this collection code, found by the unique index on codes.
    func orderID(collectionCode: CollectionCode, in session: some PostgresSession) async throws -> UUID? {
        try await session.row(
            """
            SELECT id
            FROM orders
            WHERE collection_code = \(collectionCode.text)
            """
        ) { try $0["id"] }
    }

    /// The collection code of an order that was paid.
    func collectionCode(orderID: UUID, in session: some PostgresSession) async throws -> String? {
        try await session.row(
            """
            SELECT collection_code
            FROM orders
            WHERE id = \(orderID)
                AND collection_code IS NOT NULL
            """
        ) { try $0["collection_code"] }
    }

    /// The collection codes of those orders that were paid.
    ///
    /// - Parameter selection: selects the orders' ids.
    static func collectionCodesQuery(idsIn selection: Query) -> Query {
        """
        SELECT id, collection_code
        FROM orders
        WHERE id = ANY (ARRAY(\(selection)))
            AND collection_code IS NOT NULL
        """
    }

    /// Ends unpaid orders: their seats are free, and the trades that were started for them are closed at the gateway.
    ///
    /// Orders that are no longer unpaid stay as they are. Their showtimes must be locked.
    ///
    /// - Parameter showtimeIDs: the showtimes of the orders.
    static func ending(
        orderIDs: [UUID],
        of showtimeIDs: some Sequence<Int64>,
        by ending: OrderEnding,
        actor: OrderActor,
        at now: Date
    ) -> [Query] {
        [
            .changing(
                showtimeIDs.map { .seats(ofShowtime: $0) },
                by: """
                    WITH ending AS (
                        SELECT id, account_id, state, showtime_id, seat_ids, address_block, created_at, expires_at
                        FROM orders
                        WHERE id = ANY (\(orderIDs)::uuid[])
                            AND state IN ('pending_payment', 'paid_unconfirmed')
                        ORDER BY id
                        FOR UPDATE
                    ), ended AS (
                        UPDATE orders
                        SET state = \(ending.state), version = version + 1
                        FROM ending
                        WHERE orders.id = ending.id
                    ), released AS (
                        DELETE FROM seat_claims
                        USING (SELECT id, showtime_id, unnest(seat_ids) AS seat_id FROM ending) AS held
                        WHERE seat_claims.showtime_id = held.showtime_id
                            AND seat_claims.seat_id = held.seat_id
                            AND seat_claims.order_id = held.id
                    ), revised AS (
                        UPDATE showtimes
                        SET seat_revision = seat_revision + 1
                        WHERE id IN (SELECT showtime_id FROM ending)
                    ), lapsed AS (
                        \(LapseStore.recording(ending, at: now))
                    )
                    INSERT INTO order_events (order_id, at, from_state, to_state, cause, actor_account_id, note)
                    SELECT id, \(now), state, \(ending.state), \(ending.change.rawValue), \(actor.accountID)::bigint, \(actor.note)::text
                    FROM ending
                    """
            ),
            PaymentClosingStore.request(orderIDs: orderIDs),
        ]
    }

    /// Records a change of the seats of showtimes, whose rows must be locked.
    static func raiseSeatRevision(showtimeIDs: [Int64]) -> Query {
        .changing(
            showtimeIDs.map { .seats(ofShowtime: $0) },
            by: """
                UPDATE showtimes
                SET seat_revision = seat_revision + 1
                WHERE id = ANY (\(showtimeIDs)::bigint[])
                """
        )
    }
}

extension Order {
    /// Reads a row of ``OrderStore/columns``.
    init(row: PostgresRow) throws {
        let seatIDs: [Int64] = try row["seat_ids"]
        let prices: [Int64] = try row["seat_prices_fen"]
        let labels: [String] = try row["seat_labels"]
        let zones: [String] = try row["seat_zones"]
        let discounts = try Self.discounts(row)
        self.init(
            id: try row["id"],
            accountID: try row["account_id"],
            showtimeID: try row["showtime_id"],
            state: try row["state"],
            lines: zip(zip(seatIDs, prices), zip(labels, zones)).enumerated().map { place, line in
                let (identity, name) = line
                return Line(
                    seatID: identity.0, label: name.0, zone: name.1, priceFen: identity.1,
                    discounts: discounts[Int64(place) + 1, default: []])
            },
            amount: OrderAmount(
                ticketAmountFen: try row["ticket_amount_fen"],
                serviceFeeFen: try row["service_fee_fen"],
                discountFen: try row["discount_fen"]
            ),
            createdAt: try row["created_at"],
            expiresAt: try row["expires_at"],
            paidAt: try row["paid_at"],
            version: try row["version"],
            channel: try row["channel"],
            buyerPhone: try row["buyer_phone"],
            refundPolicyID: try row["refund_policy_id"],
            paidByPaymentID: try row["paid_by_payment_id"],
            refundedSeatIDs: try row["refunded_seat_ids"],
            attention: try row["attention"]
        )
    }

    /// The shares of discounts by the ticket's place among the order's seats, from 1.
    private static func discounts(_ row: PostgresRow) throws -> [Int64: [OrderDiscount]] {
        // Without any, there are no arrays.
        guard let places: [Int64] = try row["places"] else { return [:] }
        let stages: [PriceStage] = try row["stages"]
        let amounts: [Int64] = try row["amounts_fen"]
        let payers: [DiscountPayer] = try row["payers"]
        let companyIDs: [Int64] = try row["company_ids"]
        let shares = zip(zip(places, stages), zip(amounts, zip(payers, companyIDs))).map { share, payment in
            (
                place: share.0,
                discount: OrderDiscount(
                    stage: share.1, amountFen: payment.0, payer: OrderDiscount.Payer(payment.1.0, companyID: payment.1.1))
            )
        }
        return Dictionary(grouping: shares, by: \.place).mapValues { shares in
            PriceStage.allCases.flatMap { stage in shares.map(\.discount).filter { $0.stage == stage } }
        }
    }
}

extension PriceStage: PostgresCodable {}
extension DiscountPayer: PostgresCodable {}
