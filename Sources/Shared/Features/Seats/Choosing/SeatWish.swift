/// The wish of a buyer who leaves the choice of seats to us.
package struct SeatWish: Hashable, Sendable {
    /// A kind of seat to wish for. Wheelchair places are given only to those who ask for them.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case standard
        /// Couples' seats, in pairs.
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
