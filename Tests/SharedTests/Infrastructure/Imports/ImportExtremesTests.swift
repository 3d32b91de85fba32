import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Files with values at the ends of what can be written")
struct ImportExtremesTests {
    /// What somebody might write into a cell; none holds a quote.
    private static let cells = [
        "", "0", "-0", "1", "-1", "1.0", "6e0", "0.1", "5e-324", "-5e-324", "1e-400", "1e308", "1e309", "1e999", "1e99999999999999999999",
        "9007199254740993", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "NaN", "nan", "inf", "-inf", "Infinity", "0x1p-1074", "0x10", "+1", "01", "1_000", "１", "0000-01-01",
        "0001-01-01",
        "9999-12-31", "10000-01-01", "-0001-01-01", "2026-02-30", "99999999999999999999-01-01", "infinity", "180", "-180", "180.00000001",
        "90",
        "\u{0}", "\u{202E}", "\u{10FFFF}", String(repeating: "9", count: 400), String(repeating: "a", count: 5_000),
    ]

    /// A file of rows in which each cell in turn has each extreme.
    ///
    /// - Parameter row: a good row with a key of its own.
    private func file(_ header: [String], row: (Int) -> [String]) -> (bytes: [UInt8], rows: Int) {
        var lines = [header.joined(separator: ",")]
        for column in header.indices {
            for cell in Self.cells {
                var cells = row(lines.count)
                cells[column] = cell
                lines.append(cells.map { "\"\($0)\"" }.joined(separator: ","))
            }
        }
        return (Array(lines.joined(separator: "\n").utf8), lines.count - 1)
    }

    @Test("Movies: each row is taken or refused, and a second run finds nothing to do")
    func movies() async throws {
        let header = [
            "external_id", "title", "year", "released", "runtime_min", "genres", "directors", "cast", "languages", "company", "countries",
        ]
        let (bytes, rows) = file(header) {
            ["tt\($0)", "Hero", "2002", "2002-10-24", "99", "Action", "Zhang", "Li", "Mandarin", "Elite", "China"]
        }
        try await withTestDatabase { pool in
            let first = try await MovieImport(bytes).run(on: pool) { _, _ in }
            #expect(first.added + first.refusals.count == rows && first.added > 100 && first.refusals.count > 50, "\(first)")
            // What the database itself had to refuse, the reader should have.
            #expect(first.refusals.allSatisfy { !$0.reason.contains("the database") })
            let second = try await MovieImport(bytes).run(on: pool) { _, _ in }
            #expect(second.unchanged == first.added && second.refusals.count == first.refusals.count, "\(second)")
        }
    }

    @Test("Divisions: each row is taken or refused, and a second run finds nothing to do")
    func divisions() async throws {
        let (bytes, rows) = file(["adcode", "name", "longitude", "latitude"]) {
            [String(110_100_000_000 + $0 * 1_000_000), "东城区", "116.3", "39.9"]
        }
        try await withTestDatabase { pool in
            let first = try await PlacesImport(bytes).run(on: pool) { _, _ in }
            #expect(first.added + first.refusals.count == rows && first.added > 50 && first.refusals.count > 50, "\(first)")
            #expect(first.refusals.allSatisfy { !$0.reason.contains("the database") })
            let second = try await PlacesImport(bytes).run(on: pool) { _, _ in }
            #expect(second.unchanged == first.added, "\(second)")
        }
    }

    @Test("Cities: each row is taken or refused")
    func cities() async throws {
        let good = [("id", "1"), ("parentId", "0"), ("regionName", "\"上海\""), ("cityCode", "310100"), ("pinYin", "\"SHANGHAI\"")]
        var rows: [String] = []
        for place in good.indices {
            for cell in Self.cells where !cell.contains("\u{0}") {
                for value in [cell, "\"\(cell)\""] where !value.isEmpty {
                    var row = good
                    row[0].1 = "\(1_000 + rows.count)"
                    row[3].1 = "\(400_000 + rows.count)"
                    row[place].1 = value
                    rows.append("{" + row.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
                }
            }
        }
        let bytes = Array("{\"returnValue\": {\"S\": [\n\(rows.joined(separator: ",\n"))\n]}}".utf8)
        try await withTestDatabase { pool in
            let summary = try await PlacesImport(bytes).run(on: pool) { _, _ in }
            #expect(summary.added + summary.refusals.count == rows.count && summary.added > 20 && summary.refusals.count > 50, "\(summary)")
        }
    }

    @Test("Places of addresses: a file with one wrong line is refused, whatever the line says")
    func addresses() throws {
        var refused = 0
        for column in 0..<5 {
            for cell in Self.cells + [
                "255.255.255.255", "256.0.0.1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "::1%eth0", "0.0.0.0",
            ] {
                var cells = ["10.0.0.0", "10.0.0.255", "CN", "Shanghai", "Shanghai"]
                cells[column] = cell
                let line = cells.map { "\"\($0)\"" }.joined(separator: ",")
                do {
                    let places = try IPGeography(csv: Array(line.utf8))
                    #expect(places.location(of: "9.255.255.255") == nil || column == 0, "\(line)")
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 80)
    }

    @Test("A gateway's amounts and times: what has another form is none")
    func gateway() throws {
        for cell in Self.cells {
            if let fen = AlipayAmount.fen(cell) { #expect((0...AlipayAmount.largestFen).contains(fen), "\(cell)") }
            for time in [
                "\(cell)-01-01 00:00:00", "2026-\(cell)-01 00:00:00", "2026-01-\(cell) 00:00:00", "2026-01-01 \(cell):00:00",
                "2026-01-01 00:00:\(cell)", cell,
            ] {
                if let read = AlipayTimestamp.time(time) { #expect(AlipayTimestamp.text(read) == time, "\(time)") }
            }
        }
        #expect(AlipayTimestamp.time("9223372036854775807-01-01 00:00:00") == nil)
        // What was before the year 1 as PostgreSQL counts can't be bound.
        #expect(AlipayTimestamp.time("0001-01-01 07:59:59") == nil)
        #expect(AlipayTimestamp.time("0001-01-04 00:00:00") != nil && AlipayTimestamp.time("9999-12-31 23:59:59") != nil)
    }
}
