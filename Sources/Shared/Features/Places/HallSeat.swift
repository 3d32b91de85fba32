/// A seat of a stored layout.
package struct HallSeat: Hashable, Sendable {
    package let id: Int64
    /// From 1, the screen's side first.
    package let row: Int
    /// From 1, aisles included.
    package let column: Int
    package let rowLabel: String
    /// What is printed on the seat and the ticket, unique in the layout.
    package let label: String
    package let zone: String
    package let kind: SeatKind

    package init(id: Int64, row: Int, column: Int, rowLabel: String, label: String, zone: String, kind: SeatKind) {
        self.id = id
        self.row = row
        self.column = column
        self.rowLabel = rowLabel
        self.label = label
        self.zone = zone
        self.kind = kind
    }
}
