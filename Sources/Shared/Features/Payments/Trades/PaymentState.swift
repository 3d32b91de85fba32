import Database

/// How an attempt to pay stands with us.
package enum PaymentState: String, CaseIterable, Sendable, PostgresCodable {
    /// The buyer has been told how to pay.
    case started
    /// The gateway has said that the money came.
    case succeeded
    /// The gateway takes no money for it any more. Should it say otherwise later, it is believed: closed becomes succeeded.
    case closed
}
