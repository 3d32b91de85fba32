@testable import Shared

/// Plans for the rules' tests, drawn like a hall's layout: S standard, `_` aisle, L and R a couple's seat, W wheelchair, H house, X broken.
///
/// A seat's id is its row times 100 plus its column, both from 1.
enum SeatFixtures {
    static func plan(
        _ rows: [String],
        showtimeID: Int64 = 1,
        version: Int64 = 1,
        pricesFen: [String: Int64] = ["standard": 4500],
        serviceFeeFen: Int64 = 300,
        refusesOrphans: Bool = false
    ) -> ShowtimePlan {
        let kinds: [Character: SeatKind] = [
            "S": .standard, "L": .coupleLeft, "R": .coupleRight, "W": .wheelchair, "H": .house, "X": .broken,
        ]
        let seats = rows.enumerated().flatMap { row, cells in
            cells.enumerated().compactMap { column, cell -> HallSeat? in
                guard let kind = kinds[cell] else { return nil }
                return HallSeat(
                    id: Int64((row + 1) * 100 + column + 1),
                    row: row + 1,
                    column: column + 1,
                    rowLabel: "\(row + 1)",
                    label: "\(row + 1)-\(column + 1)",
                    zone: "standard",
                    kind: kind
                )
            }
        }
        return ShowtimePlan(
            showtimeID: showtimeID,
            version: version,
            merchantID: 1,
            cinemaID: 1,
            layout: SeatLayout(id: 1, seats: seats),
            pricesFen: pricesFen,
            serviceFeeFen: serviceFeeFen,
            refusesOrphans: refusesOrphans
        )
    }
}
