package import Callers
package import Database
package import Foundation

/// Tickets of orders. A caller that writes holds the order's lock.
package struct TicketStore: Sendable {
    /// What ``Ticket/init(row:)`` reads.
    private static let columns: Query = """
            tickets.id, tickets.order_id, tickets.showtime_id, tickets.price_fen, tickets.discount_fen, tickets.others_fen,
            tickets.service_fee_fen, tickets.state, tickets.version,
            tickets.collected_at, tickets.collected_by_account_id, tickets.collection_place,
            tickets.entered_at, tickets.entered_by_account_id, tickets.entry_place,
            showtimes.starts_at,
            seats.id AS seat_id, seats.row_number, seats.column_number, seats.row_label, seats.label, seats.zone, seats.kind
        """

    private static let tables: Query = """
        tickets
        JOIN seats ON seats.id = tickets.seat_id
        JOIN showtimes ON showtimes.id = tickets.showtime_id
        """

    private static let selection: Query = """
        SELECT \(columns)
        FROM \(tables)
        """

    package init() {}

    /// The tickets of an order, in the order of their seats. By the unique index on order and seat.
    package func tickets(orderID: UUID, in session: some PostgresSession) async throws -> [Ticket] {
        try await session.rows(
            """
            \(Self.selection)
            WHERE tickets.order_id = \(orderID)
            ORDER BY seats.row_number, seats.column_number
            """,
            Ticket.init(row:)
        )
    }

    /// A ticket; `nil` when there is none or when it is for another merchant's showtime.
    ///
    /// - Parameter scope: the ticket's showtime must be in it.
    package func ticket(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> Ticket? {
        try await session.row(
            """
            \(Self.selection)
            WHERE tickets.id = \(id)
                AND \(scope.condition(merchant: "showtimes.merchant_id", cinema: "showtimes.cinema_id"))
            """,
            Ticket.init(row:)
        )
    }

    /// A ticket of one of this account's orders; `nil` when it is none of them.
    package func ticket(_ id: Int64, buyer accountID: Int64, in session: some PostgresSession) async throws -> Ticket? {
        try await session.row(
            """
            \(Self.selection)
            JOIN orders ON orders.id = tickets.order_id
            WHERE tickets.id = \(id)
                AND orders.account_id = \(accountID)
            """,
            Ticket.init(row:)
        )
    }

    /// The tickets of a showtime by number. By the index on showtime.
    package func tickets(
        showtimeID: Int64,
        scope: MerchantScope,
        state: TicketState?,
        page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<Ticket> {
        let conditions: [Query?] = [
            "tickets.showtime_id = \(showtimeID)",
            scope.condition(merchant: "showtimes.merchant_id", cinema: "showtimes.cinema_id"),
            state.map { "tickets.state = \($0)" },
        ]
        let query = try Query.page(page, of: Self.tables, Self.columns, where: conditions, by: "tickets.id")
        let rows = try await session.rows(query, Ticket.init(row:))
        return Page(rows, request: page, id: \.id)
    }

    /// Inserts the tickets of orders that have just been paid, and adds them to the figures of their showtimes, whose rows must be locked.
    package static func issuing(_ tickets: [NewTicket], at now: Date) -> Query {
        """
        WITH issued AS (
            INSERT INTO tickets (order_id, showtime_id, seat_id, price_fen, discount_fen, others_fen, service_fee_fen, issued_at)
            SELECT order_id, showtime_id, seat_id, price_fen, discount_fen, others_fen, service_fee_fen, \(now)
            FROM unnest(
                \(tickets.map(\.orderID))::uuid[],
                \(tickets.map(\.showtimeID))::bigint[],
                \(tickets.map(\.seatID))::bigint[],
                \(tickets.map(\.priceFen))::bigint[],
                \(tickets.map(\.discountFen))::bigint[],
                \(tickets.map(\.othersFen))::bigint[],
                \(tickets.map(\.serviceFeeFen))::bigint[]
            ) WITH ORDINALITY AS issued (order_id, showtime_id, seat_id, price_fen, discount_fen, others_fen, service_fee_fen, place)
            ORDER BY place
            RETURNING order_id, showtime_id, price_fen + others_fen AS credited_fen, service_fee_fen
        )
        INSERT INTO showtime_figures (
            showtime_id, business_day, movie_id, cinema_id, city_id, tickets, orders, box_office_fen, service_fee_fen
        )
        SELECT
            showtimes.id, showtimes.business_day, showtimes.movie_id, showtimes.cinema_id, cinemas.city_id,
            count(*), count(DISTINCT issued.order_id), sum(issued.credited_fen), sum(issued.service_fee_fen)
        FROM issued
        JOIN showtimes ON showtimes.id = issued.showtime_id
        JOIN cinemas ON cinemas.id = showtimes.cinema_id
        GROUP BY showtimes.id, cinemas.city_id
        ORDER BY showtimes.id
        ON CONFLICT (showtime_id) DO UPDATE
        SET tickets = showtime_figures.tickets + excluded.tickets,
            orders = showtime_figures.orders + excluded.orders,
            box_office_fen = showtime_figures.box_office_fen + excluded.box_office_fen,
            service_fee_fen = showtime_figures.service_fee_fen + excluded.service_fee_fen
        """
    }

    /// Marks the valid tickets of an order as collected.
    package func collect(
        orderID: UUID,
        by accountID: Int64,
        place: String?,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            UPDATE tickets
            SET state = 'collected',
                collected_at = \(now),
                collected_by_account_id = \(accountID),
                collection_place = \(place),
                version = version + 1
            WHERE order_id = \(orderID)
                AND state = 'valid'
            """
        )
    }

    /// Records that a ticket's holder was let in.
    ///
    /// - Returns: `false` when the holder had been let in before.
    package func enter(
        _ id: Int64,
        by accountID: Int64,
        place: String?,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE tickets
            SET entered_at = \(now),
                entered_by_account_id = \(accountID),
                entry_place = \(place),
                version = version + 1
            WHERE id = \(id)
                AND entered_at IS NULL
                AND state <> 'refunded'
            """
        ) == 1
    }

    /// Removes the record that a ticket's holder was let in.
    package func undoEntry(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE tickets
            SET entered_at = NULL,
                entered_by_account_id = NULL,
                entry_place = NULL,
                version = version + 1
            WHERE id = \(id)
            """
        )
    }

    /// Gives a ticket another seat.
    package func move(_ id: Int64, to seatID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE tickets
            SET seat_id = \(seatID),
                version = version + 1
            WHERE id = \(id)
                AND state = 'valid'
            """
        )
    }

    /// Makes tickets void. Their seats can be sold again, and the tickets no longer count in the figures of their showtimes. The rows of
    /// the showtimes and of the tickets' orders must be locked.
    package func refund(_ ids: [Int64], in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            WITH voided AS (
                UPDATE tickets
                SET state = 'refunded',
                    version = version + 1
                WHERE id = ANY (\(ids)::bigint[])
                    AND state <> 'refunded'
                RETURNING order_id, showtime_id, price_fen + others_fen AS credited_fen, service_fee_fen
            ), lost AS (
                SELECT
                    showtime_id,
                    count(*) AS tickets,
                    -- Orders of which no other ticket counts. This part sees the tickets as they were before.
                    count(DISTINCT order_id) FILTER (
                        WHERE NOT EXISTS (
                            SELECT
                            FROM tickets
                            WHERE tickets.order_id = voided.order_id
                                AND tickets.state <> 'refunded'
                                AND tickets.id <> ALL (\(ids)::bigint[])
                        )
                    ) AS orders,
                    sum(credited_fen) AS credited_fen,
                    sum(service_fee_fen) AS service_fee_fen
                FROM voided
                GROUP BY showtime_id
            )
            UPDATE showtime_figures
            SET tickets = showtime_figures.tickets - lost.tickets,
                orders = showtime_figures.orders - lost.orders,
                box_office_fen = showtime_figures.box_office_fen - lost.credited_fen,
                service_fee_fen = showtime_figures.service_fee_fen - lost.service_fee_fen
            FROM lost
            WHERE showtime_figures.showtime_id = lost.showtime_id
            """
        )
    }
}

extension Ticket {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            orderID: try row["order_id"],
            showtimeID: try row["showtime_id"],
            startsAt: try row["starts_at"],
            seat: HallSeat(
                id: try row["seat_id"],
                row: try row["row_number"],
                column: try row["column_number"],
                rowLabel: try row["row_label"],
                label: try row["label"],
                zone: try row["zone"],
                kind: try row["kind"]
            ),
            priceFen: try row["price_fen"],
            discountFen: try row["discount_fen"],
            othersFen: try row["others_fen"],
            serviceFeeFen: try row["service_fee_fen"],
            state: try row["state"],
            collection: try Self.handling(at: row["collected_at"], by: row["collected_by_account_id"], place: row["collection_place"]),
            entry: try Self.handling(at: row["entered_at"], by: row["entered_by_account_id"], place: row["entry_place"]),
            version: try row["version"]
        )
    }

    private static func handling(at time: Date?, by accountID: Int64?, place: String?) -> Handling? {
        guard let time, let accountID else { return nil }
        return Handling(at: time, byAccountID: accountID, place: place)
    }
}
