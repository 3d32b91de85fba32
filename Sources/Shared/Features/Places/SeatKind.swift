import Database

/// What kind of place in a hall a seat is.
package enum SeatKind: String, CaseIterable, Sendable, PostgresCodable {
    case standard
    /// The left one of a couple's two seats. They are sold together. Its partner is in the next column.
    case coupleLeft = "couple_left"
    case coupleRight = "couple_right"
    case wheelchair
    /// Kept by the cinema, and sold at the counter only.
    case house
    case broken

    /// Whether moviegoers can buy such a seat at all.
    package var isSold: Bool {
        switch self {
        case .standard, .coupleLeft, .coupleRight, .wheelchair: true
        case .house, .broken: false
        }
    }
}
