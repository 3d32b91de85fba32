import Database
import Foundation
import Text

/// Reads our payments and refunds for the comparison with a gateway's bill.
struct BookStore: Sendable {
    private static let payments: Query = """
        SELECT
            payments.id, payments.out_trade_no, payments.trade_no, NULL::text AS request_number, payments.amount_fen,
            payments.succeeded_at, payments.bill_day
        FROM payments
        """

    private static let refunds: Query = """
        SELECT
            refunds.id, payments.out_trade_no, payments.trade_no, refunds.request_number,
            refunds.amount_fen - refunds.foreign_fen AS amount_fen, refunds.succeeded_at, refunds.bill_day
        FROM refunds
        JOIN payments ON payments.id = refunds.payment_id
        """

    /// Our payments and refunds that the lines could name, in whatever state they are.
    func lines(namedBy bill: ArraySlice<BillLine>, gateway: String, in session: some PostgresSession) async throws -> [BookLine] {
        let payments = try await session.rows(
            """
            \(Self.payments)
            WHERE payments.gateway = \(gateway)
                AND payments.out_trade_no = ANY (\(bill.filter { $0.kind == .payment }.map(\.outTradeNo.rawValue))::text[])
            """
        ) { try Self.line(.payment, $0) }
        let refunds = try await session.rows(
            """
            \(Self.refunds)
            WHERE payments.gateway = \(gateway)
                AND refunds.request_number = ANY (\(bill.compactMap { $0.requestNumber?.rawValue })::text[])
            """
        ) { try Self.line(.refund, $0) }
        return payments + refunds
    }

    /// The payments and refunds that succeeded in this time and that no other day's bill has named, one part at a time.
    ///
    /// - Parameter after: the last of the part before.
    func succeeded(
        _ kind: BillLine.Kind, gateway: String, day: CalendarDay, in window: Range<Date>, after: BookLine?, limit: Int,
        session: some PostgresSession
    ) async throws -> [BookLine] {
        let (time, id) = (after?.succeededAt ?? window.lowerBound, after?.id ?? 0)
        let query: Query =
            switch kind {
            case .payment:
                """
                \(Self.payments)
                WHERE payments.gateway = \(gateway)
                    AND payments.state = 'succeeded'
                    AND (payments.bill_day IS NULL OR payments.bill_day = \(day))
                    AND (payments.succeeded_at, payments.id) > (\(time)::timestamptz, \(id)::bigint)
                    AND payments.succeeded_at < \(window.upperBound)
                ORDER BY payments.succeeded_at, payments.id
                LIMIT \(limit)
                """
            case .refund:
                """
                \(Self.refunds)
                WHERE payments.gateway = \(gateway)
                    AND refunds.state = 'succeeded'
                    AND refunds.foreign_fen < refunds.amount_fen
                    AND (refunds.bill_day IS NULL OR refunds.bill_day = \(day))
                    AND (refunds.succeeded_at, refunds.id) > (\(time)::timestamptz, \(id)::bigint)
                    AND refunds.succeeded_at < \(window.upperBound)
                ORDER BY refunds.succeeded_at, refunds.id
                LIMIT \(limit)
                """
            }
        return try await session.rows(query) { try Self.line(kind, $0) }
    }

    /// Records which bill named them. The first bill stays.
    func mark(_ named: ArraySlice<BookLine>, day: CalendarDay, in transaction: PostgresTransaction) async throws {
        try await transaction.pipeline([
            """
            UPDATE payments
            SET bill_day = \(day)
            WHERE id = ANY (\(named.filter { $0.kind == .payment }.map(\.id))::bigint[])
                AND bill_day IS NULL
            """,
            """
            UPDATE refunds
            SET bill_day = \(day)
            WHERE id = ANY (\(named.filter { $0.kind == .refund }.map(\.id))::bigint[])
                AND bill_day IS NULL
            """,
        ])
    }

    /// Removes the record that the day's bill named them, because the bill was made anew without them.
    func unmark(_ dropped: ArraySlice<BookLine>, day: CalendarDay, in transaction: PostgresTransaction) async throws {
        try await transaction.pipeline([
            """
            UPDATE payments
            SET bill_day = NULL
            WHERE id = ANY (\(dropped.filter { $0.kind == .payment }.map(\.id))::bigint[])
                AND bill_day = \(day)
            """,
            """
            UPDATE refunds
            SET bill_day = NULL
            WHERE id = ANY (\(dropped.filter { $0.kind == .refund }.map(\.id))::bigint[])
                AND bill_day = \(day)
            """,
        ])
    }

    private static func line(_ kind: BillLine.Kind, _ row: PostgresRow) throws -> BookLine {
        let requestNumber: String? = try row["request_number"]
        return BookLine(
            kind: kind,
            id: try row["id"],
            outTradeNo: try TradeNumber(stored: try row["out_trade_no"]),
            tradeNo: try row["trade_no"],
            requestNumber: try requestNumber.map { try TradeNumber(stored: $0) },
            amountFen: try row["amount_fen"],
            succeededAt: try row["succeeded_at"],
            billDay: try row["bill_day"]
        )
    }
}
