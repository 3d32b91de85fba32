/// The ways in which unpaid orders end without having been paid.
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

    /// The state that it leads to, from either unpaid one.
    var state: OrderState {
        switch self {
        case .lapsed: .expired
        case .cancelledByBuyer, .voided, .showtimeCancelled: .cancelled
        }
    }
}
