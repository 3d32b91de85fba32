import API
import Database
import HTTP
import Shared
import Text

/// A request to compare a day.
struct WantedReconciliation: Sendable {
    let gateway: String
    let day: CalendarDay
}

/// Comparisons with the gateways' bills, in bodies and answers for administrators.
enum ReconciliationShape {
    static let reconciliation = Shape<Reconciliation>(
        "Reconciliation",
        .id("id", "Number of the comparison.", example: "12") { $0.id },
        .text("gateway", "Whose bill it is.") { $0.gateway },
        .day("day", "The bill's day, by Beijing's clock.", example: "2026-11-22") { $0.day },
        .enumeration("state", "How far it has come.", example: "done") { $0.state },
        .timestamp("requested_at", "When it was last asked for.") { $0.requestedAt },
        .timestamp("finished_at", "When it was done or failed; null while it is under way.") { $0.finishedAt },
        .object("ours", moneyMoved, "What our books have; null before it was done for the first time.") { $0.ours },
        .object("gateways", moneyMoved, "What the bill has.") { $0.gateways },
        .int("differences", "How many differences were found the last time.", example: "2") { $0.differences },
        .int("unresolved_differences", "How many of all that were found nobody has resolved.", example: "1") { $0.unresolved },
        .text("failure", "Why it failed; null unless it did.", example: "no_bill") { $0.failure }
    )

    static let moneyMoved = Shape<MoneyMoved>(
        "MoneyMoved",
        .int("payments", "How many payments.", example: "120") { $0.payments },
        .int("payments_fen", "Their sum in fen.", example: "540000") { $0.paymentsFen },
        .int("refunds", "How many refunds.", example: "3") { $0.refunds },
        .int("refunds_fen", "Their sum in fen.", example: "13500") { $0.refundsFen }
    )

    static let difference = Shape<ReconciliationDifference>(
        "ReconciliationDifference",
        .id("id", "Number of the difference.", example: "31") { $0.id },
        .id("reconciliation_id", "Which comparison found it.", example: "12") { $0.reconciliationID },
        .enumeration("kind", "In which way books and bill disagree.", example: "amount_differs") { $0.difference.kind },
        .enumeration("line", "Which movement of money it is about.", example: "payment") { $0.difference.line },
        .text("out_trade_no", "Our number of the trade.", example: "20261123ihy5ufaf5ohk8xq49podk17p") {
            $0.difference.outTradeNo.rawValue
        },
        .text("trade_no", "The gateway's number of the trade.", example: "2026112322001") { $0.difference.tradeNo },
        .text("request_number", "Our number of the refund; null for a payment.") { $0.difference.requestNumber?.rawValue },
        .int("our_fen", "The amount in our books; null if they don't have it.", example: "9600") { $0.difference.ourFen },
        .int("gateway_fen", "The amount in the bill, of a repeated line what is too much; null if it doesn't have it.", example: "9500") {
            $0.difference.gatewayFen
        },
        .timestamp("found_at", "When it was last found.") { $0.foundAt },
        .timestamp("resolved_at", "When it was resolved; null as long as somebody has to look into it.") { $0.resolvedAt },
        .id("resolved_by_account_id", "Who looked into it; null where a later bill showed that it is none.") { $0.resolvedByAccountID },
        .text("note", "What it was.", example: "Refunded by hand at the gateway.") { $0.note }
    )

    /// - Parameter gateways: the names of the configured gateways.
    static func wanted(of gateways: [String]) -> Body<WantedReconciliation> {
        Body<WantedReconciliation>(
            "WantedReconciliation",
            Field<String>.required("gateway", .text(1...32), "Whose bill to compare with.", example: gateways.first),
            Field<CalendarDay>.required("day", .day(CalendarDay.self), "The bill's day, by Beijing's clock.", example: "2026-11-22")
        ) { WantedReconciliation(gateway: $0, day: $1) }
    }

    static let resolution = Body<String>(
        "DifferenceResolution",
        Field<String>.required("note", .freeText(1...500), "What it was, and what was done about it.", example: "Refunded by hand.")
    ) { $0 }

    static let gateway = QueryParameter("gateway", .text(1...32), "Only comparisons with this gateway.")
    static let state = QueryParameter(
        "state", .enumeration(ReconciliationState.self), "Only comparisons in this state.", example: "done")
    static let kind = QueryParameter(
        "kind", .enumeration(DifferenceKind.self), "Only differences of this kind.", example: "missing_here")
    static let resolved = QueryParameter(
        "resolved", .bool, "Only differences that are resolved, or that are not.", example: "false")
}
