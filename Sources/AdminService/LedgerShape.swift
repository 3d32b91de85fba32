import HTTP
import Shared

/// The ledger in answers.
enum LedgerShape {
    static let line = Shape<LedgerLine>(
        "LedgerLine",
        .text("account", "Where money lies, or whom it is owed to.", example: "merchant:3:tickets") { $0.account.rawValue },
        .int("amount_fen", "In fen; what we have is positive, what we owe negative.", example: "-9000") { $0.amountFen }
    )

    static let entry = Shape<PostedEntry>(
        "LedgerEntry",
        .id("id", "Number of the entry.") { $0.id },
        .timestamp("at", "When it was posted.") { $0.at },
        .enumeration("kind", "What happened.") { $0.entry.kind },
        .uuid("order_id", "The order.") { $0.entry.orderID },
        .id("payment_id", "The payment.") { $0.entry.paymentID },
        .id("refund_id", "The refund; null for what is none of ours.") { $0.entry.refundID },
        .list("lines", line, "What they add up to is 0.") { $0.entry.lines }
    )

    static let balance = Shape<LedgerBalance>(
        "LedgerBalance",
        .text("account", "Where money lies, or whom it is owed to.", example: "gateway:counter") { $0.account.rawValue },
        .int("amount_fen", "What its lines add up to, in fen.", example: "9600") { $0.amountFen }
    )
}
