import Callers
import Text

/// A checked drawing of a hall: rows of cells, and the seats that the cells stand for.
///
/// A cell is one character: `S` standard, `_` aisle, `L` and `R` the two seats of a couple side by side, `W` wheelchair, `H` house, `X` broken.
/// Rows and columns count from 1, aisles included. A seat's label is its row's label and its column: `A5`, or with a hyphen where the row's
/// label ends in a digit: `12-5`. So no two seats of a layout can have one label, and a label says where the seat is.
package struct HallLayout: Hashable, Sendable {
    /// A row of the drawing.
    package struct Row: Hashable, Sendable {
        /// 1 to 8 letters and digits, unique in the layout.
        package let label: String
        /// 1 to 32 characters; seats of a zone have one price.
        package let zone: String
        /// 1 to 100 cells.
        package let cells: String

        package init(label: String, zone: String, cells: String) {
            self.label = label
            self.zone = zone
            self.cells = cells
        }
    }

    /// A seat of the drawing.
    package struct Seat: Hashable, Sendable {
        package let row: Int
        package let column: Int
        package let rowLabel: String
        package let label: String
        package let zone: String
        package let kind: SeatKind
    }

    /// The highest number of rows, and of columns in each row.
    package static let limit = 100

    /// Of a row's label, in characters.
    static let labelLimit = 8

    /// Of a zone's name, in characters.
    static let zoneLimit = 32

    package let rows: [Row]
    /// By row, then column.
    package let seats: [Seat]

    /// Checks a drawing and finds its seats.
    ///
    /// - Parameter pointer: where in the request body the drawing is; refusals name the row below it.
    /// - Throws: ``Refusal`` of kind `invalid` that points at the first wrong row.
    package init(rows: [Row], at pointer: String = "") throws {
        guard (1...Self.limit).contains(rows.count) else { throw Refusal.layoutRowCount(at: "\(pointer)/rows") }
        var seats: [Seat] = []
        var labels: Set<String> = []
        for (index, row) in rows.enumerated() {
            let place = "\(pointer)/rows/\(index)"
            guard Self.isLabel(row.label) else { throw Refusal.rowLabelInvalid(at: "\(place)/label") }
            guard labels.insert(row.label).inserted else { throw Refusal.rowLabelRepeated(row.label, at: "\(place)/label") }
            guard Self.isZone(row.zone) else { throw Refusal.zoneInvalid(at: "\(place)/zone") }
            seats += try Self.seats(of: row, number: index + 1, at: "\(place)/cells")
        }
        guard !seats.isEmpty else { throw Refusal.layoutWithoutSeats(at: "\(pointer)/rows") }
        self.rows = rows
        self.seats = seats
    }

    private static func seats(of row: Row, number: Int, at pointer: String) throws -> [Seat] {
        let cells = Array(row.cells.unicodeScalars)
        guard (1...limit).contains(cells.count) else { throw Refusal.columnCount(at: pointer) }
        let separator = row.label.last?.isNumber == true ? "-" : ""
        var seats: [Seat] = []
        for (index, cell) in cells.enumerated() {
            let kind: SeatKind
            switch cell {
            case "_": continue
            case "S": kind = .standard
            case "W": kind = .wheelchair
            case "H": kind = .house
            case "X": kind = .broken
            case "L":
                guard index + 1 < cells.count, cells[index + 1] == "R" else {
                    throw Refusal.coupleIncomplete(column: index + 1, at: pointer)
                }
                kind = .coupleLeft
            case "R":
                guard index > 0, cells[index - 1] == "L" else {
                    throw Refusal.coupleIncomplete(column: index + 1, at: pointer)
                }
                kind = .coupleRight
            default: throw Refusal.cellUnknown(column: index + 1, at: pointer)
            }
            let label = "\(row.label)\(separator)\(index + 1)"
            seats.append(Seat(row: number, column: index + 1, rowLabel: row.label, label: label, zone: row.zone, kind: kind))
        }
        return seats
    }

    /// Unicode scalars are counted rather than Swift's characters, because the database counts scalars.
    private static func isLabel(_ text: String) -> Bool {
        (1...labelLimit).contains(text.unicodeScalars.count)
            && text.allSatisfy { ($0.isLetter || $0.isNumber) && $0.unicodeScalars.count == 1 }
    }

    private static func isZone(_ text: String) -> Bool {
        (1...zoneLimit).contains(text.unicodeScalars.count) && text.isPlainLine
    }
}
