import Callers
import Testing

@testable import Shared

@Suite("A hall's drawing")
struct HallLayoutTests {
    private func layout(_ cells: String..., zone: String = "standard") throws -> HallLayout {
        try HallLayout(rows: zip("ABCDEFGH", cells).map { HallLayout.Row(label: String($0), zone: zone, cells: $1) })
    }

    private func refusal(_ rows: [HallLayout.Row], at pointer: String = "/layout") throws -> Refusal {
        let error = #expect(throws: Refusal.self) { try HallLayout(rows: rows, at: pointer) }
        return try #require(error)
    }

    private func row(_ label: String, _ cells: String, zone: String = "standard") -> HallLayout.Row {
        HallLayout.Row(label: label, zone: zone, cells: cells)
    }

    @Test("counts columns from 1 and aisles with them, and labels seats by row and column")
    func columns() throws {
        let seats = try layout("SSS_SSSS_LRLR").seats
        #expect(seats.map(\.column) == [1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13])
        #expect(seats.map(\.label) == ["A1", "A2", "A3", "A5", "A6", "A7", "A8", "A10", "A11", "A12", "A13"])
        #expect(seats.suffix(4).map(\.kind) == [.coupleLeft, .coupleRight, .coupleLeft, .coupleRight])
        #expect(seats.allSatisfy { $0.row == 1 && $0.rowLabel == "A" && $0.zone == "standard" })
    }

    @Test("knows a kind of seat for every letter")
    func kinds() throws {
        let seats = try layout("SWHXLR", "_S_").seats
        #expect(seats.map(\.kind) == [.standard, .wheelchair, .house, .broken, .coupleLeft, .coupleRight, .standard])
        #expect(seats.last?.row == 2)
        #expect(seats.last?.column == 2)
    }

    @Test("parts a row's number from the column, so that no two seats have one label")
    func labelsAreUnique() throws {
        let long = String(repeating: "S", count: 100)
        let rows = ["A", "A1", "1", "11", "1A", "A10", "排", "Ⅻ"].map { row($0, long) }
        let labels = try HallLayout(rows: rows).seats.map(\.label)
        #expect(Set(labels).count == labels.count)
        #expect(labels.contains("A11"))
        #expect(labels.contains("A1-1"))
        #expect(labels.contains("1-1"))
        #expect(labels.contains("1A1"))
        #expect(labels.allSatisfy { $0.unicodeScalars.count <= 16 })
    }

    @Test("may have a row of nothing but aisle")
    func crossAisle() throws {
        #expect(try layout("SS", "__", "SS").seats.map(\.row) == [1, 1, 3, 3])
    }

    @Test("takes 100 rows and 100 columns and not one more")
    func limits() throws {
        let hundred = (1...100).map { row("R\($0)", String(repeating: "S", count: 100)) }
        #expect(try HallLayout(rows: hundred).seats.count == 10_000)
        #expect(try refusal(hundred + [row("Z", "S")]).kind == .invalid(pointer: "/layout/rows"))
        let wide = try refusal([row("A", String(repeating: "S", count: 101))])
        #expect(wide.code == "column_count_invalid")
        #expect(wide.kind == .invalid(pointer: "/layout/rows/0/cells"))
    }

    @Test(
        "refuses what is no drawing, and points at the row",
        arguments: [
            ([("A", "S", "SSL")], "couple_incomplete", "/layout/rows/0/cells"),
            ([("A", "S", "SRS")], "couple_incomplete", "/layout/rows/0/cells"),
            ([("A", "S", "L_R")], "couple_incomplete", "/layout/rows/0/cells"),
            ([("A", "S", "LLRR")], "couple_incomplete", "/layout/rows/0/cells"),
            ([("A", "S", "LRR")], "couple_incomplete", "/layout/rows/0/cells"),
            ([("A", "S", "R")], "couple_incomplete", "/layout/rows/0/cells"),
            ([("A", "S", "SS"), ("B", "S", "SsS")], "cell_unknown", "/layout/rows/1/cells"),
            ([("A", "S", "S S")], "cell_unknown", "/layout/rows/0/cells"),
            ([("A", "S", "S\u{301}")], "cell_unknown", "/layout/rows/0/cells"),
            ([("A", "S", "")], "column_count_invalid", "/layout/rows/0/cells"),
            ([("A", "S", "___"), ("B", "S", "_")], "layout_without_seats", "/layout/rows"),
            ([], "row_count_invalid", "/layout/rows"),
            ([("A", "S", "S"), ("A", "S", "S")], "row_label_repeated", "/layout/rows/1/label"),
            ([("", "S", "S")], "row_label_invalid", "/layout/rows/0/label"),
            ([("ABCDEFGHI", "S", "S")], "row_label_invalid", "/layout/rows/0/label"),
            ([("A-1", "S", "S")], "row_label_invalid", "/layout/rows/0/label"),
            ([("A\u{301}", "S", "S")], "row_label_invalid", "/layout/rows/0/label"),
            ([("A B", "S", "S")], "row_label_invalid", "/layout/rows/0/label"),
            ([("A", "", "S")], "zone_invalid", "/layout/rows/0/zone"),
            ([("A", " vip", "S")], "zone_invalid", "/layout/rows/0/zone"),
            ([("A", "v\u{0}p", "S")], "zone_invalid", "/layout/rows/0/zone"),
            ([("A", String(repeating: "z", count: 33), "S")], "zone_invalid", "/layout/rows/0/zone"),
        ] as [([(String, String, String)], String, String)])
    func refusals(rows: [(String, String, String)], code: String, pointer: String) throws {
        let refusal = try refusal(rows.map { HallLayout.Row(label: $0.0, zone: $0.1, cells: $0.2) })
        #expect(refusal.code == code)
        #expect(refusal.kind == .invalid(pointer: pointer))
    }

    @Test("names the column that is wrong, and points from the root where the drawing is the whole body")
    func namesColumn() throws {
        let refusal = try refusal([row("A", "SSSLS")], at: "")
        #expect(refusal.kind == .invalid(pointer: "/rows/0/cells"))
        #expect(refusal["column"] == .number(4))
    }
}
