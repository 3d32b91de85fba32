import Database
import Foundation
import TestSupport
import Testing
import Text

@Suite("What is bound comes back as it was")
struct QueryRoundTripTests {
    private enum Mood: String, PostgresCodable {
        case calm, wild
    }

    private struct Point: Codable, Hashable {
        var x: Int
        var label: String
    }

    @Test("Values of every type survive the way to PostgreSQL and back")
    func roundTrip() async throws {
        try await withTestDatabase(.empty) { pool in
            func check<Value: PostgresCodable & Equatable>(_ value: Value, as type: String, line: Int = #line) async throws {
                let rows = try await pool.rows("SELECT \(value)::\(unsafeSQL: type) AS value")
                let back: Value = try #require(rows.first)["value"]
                #expect(back == value, "\(type) at line \(line)")
            }
            for number in [0, 1, -1, Int.max, Int.min, 1_234_567_890] {
                try await check(number, as: "bigint")
                try await check(Int64(number), as: "bigint")
            }
            try await check(Int.max, as: "numeric")
            try await check(-40_000_000, as: "numeric")
            try await check(120_000, as: "numeric")
            try await check(Int32.min, as: "integer")
            try await check(Int16.max, as: "smallint")
            try await check(7, as: "smallint")
            try await check(true, as: "boolean")
            try await check(false, as: "boolean")
            for number in [0.1, -1e300, 2.5e-300, .infinity] { try await check(number, as: "double precision") }
            try await check(1.5, as: "real")
            for text in ["", "it's", "\"quoted\\\"", "票 🎬", "a\nb", "$1", "NULL"] {
                try await check(text, as: "text")
                try await check(text, as: "varchar")
                try await check([text, text], as: "text[]")
            }
            try await check(UUID(), as: "uuid")
            try await check([UUID(), UUID()], as: "uuid[]")
            try await check([UInt8](0...255), as: "bytea")
            try await check([[1, 2], [], [255]] as [[UInt8]], as: "bytea[]")
            try await check([] as [UInt8], as: "bytea")
            try await check([1, -2, 3] as [Int64], as: "bigint[]")
            try await check([] as [Int64], as: "bigint[]")
            try await check([1, nil, 3] as [Int?], as: "integer[]")
            try await check([true, false], as: "boolean[]")
            try await check(Int?.none, as: "bigint")
            try await check(Int?(5), as: "bigint")
            try await check(Mood.wild, as: "text")
            try await check([Mood.calm, .wild], as: "text[]")
            try await check(PostgresJSON(Point(x: 1, label: "\"é\\")), as: "jsonb")
            try await check(PostgresJSON([Point(x: 1, label: "a")]), as: "json")
            for day in ["0001-01-01", "1999-12-31", "2000-02-29", "2026-11-23", "9999-12-31"] {
                try await check(try #require(CalendarDay(day)), as: "date")
            }
            try await check([try #require(CalendarDay("2026-11-23"))], as: "date[]")
            for seconds in [0, 0.5, -0.000001, 815_000_000.123456, -63_113_904_000] {
                let moment = Date(timeIntervalSinceReferenceDate: seconds)
                try await check(moment, as: "timestamptz")
                try await check([moment], as: "timestamptz[]")
            }
        }
    }

    @Test("A moment means the same to PostgreSQL as to us")
    func momentMeansTheSame() async throws {
        try await withTestDatabase(.empty) { pool in
            let moment = Date(timeIntervalSince1970: 1_795_400_605.25)
            let seconds = try await pool.row("SELECT extract(epoch FROM \(moment)::timestamptz)::float8 AS seconds") {
                try $0["seconds"] as Double
            }
            #expect(seconds == 1_795_400_605.25)
        }
    }

    @Test("Text that looks like SQL stays text")
    func noInjection() async throws {
        try await withTestDatabase(.empty) { pool in
            let hostile = "'; DROP TABLE x; --"
            let back = try await pool.row("SELECT \(hostile) AS back") { try $0["back"] as String }
            #expect(back == hostile)
        }
    }
}
