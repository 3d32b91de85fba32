/// What somebody wishes for who leaves the choice of seats to us.
package struct SeatWish: Hashable, Sendable {
    /// A kind of seat as one wishes for it; wheelchair places are given to nobody else.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case standard
        /// Couples' seats, which come whole.
        case couple
        case wheelchair
    }

    package let count: Int
    /// `nil` for any zone.
    package let zone: String?
    /// `nil` for standard and couples' seats.
    package let kind: Kind?

    package init(count: Int, zone: String? = nil, kind: Kind? = nil) {
        self.count = count
        self.zone = zone
        self.kind = kind
    }

    /// Whether a seat of this kind will do.
    func allows(_ seatKind: SeatKind) -> Bool {
        switch seatKind {
        case .standard: kind == nil || kind == .standard
        case .coupleLeft, .coupleRight: kind == nil || kind == .couple
        case .wheelchair: kind == .wheelchair
        case .house, .broken: false
        }
    }
}
