/// The ways in which an unpaid order ends without a payment.
enum OrderEnding: CaseIterable, Hashable, Sendable {
    case lapsed
    case cancelledByBuyer
    case voided
    case showtimeCancelled

    var change: OrderChange {
        switch self {
        case .lapsed: .lapsed
        case .cancelledByBuyer: .cancelledByBuyer
        case .voided: .voided
        case .showtimeCancelled: .showtimeCancelled
        }
    }

    /// The state that follows, from either of the two unpaid states.
    var state: OrderState {
        switch self {
        case .lapsed: .expired
        case .cancelledByBuyer, .voided, .showtimeCancelled: .cancelled
        }
    }
}
