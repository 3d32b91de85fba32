import Database
import Foundation
import TestSupport
import Testing
import Text

@Suite("Decoding")
struct DecodingTests {
    private func failure<Value: PostgresDecodable>(of sql: String, as type: Value.Type) async throws -> PostgresError? {
        try await withTestDatabase(.empty) { pool in
            let rows = try await pool.rows(Query(unsafeSQL: "SELECT \(sql) AS price"))
            let row = try #require(rows.first)
            return #expect(throws: PostgresError.self) { try row["price"] as Value }
        }
    }

    @Test("A column of another type is named with both types")
    func mismatch() async throws {
        let error = try await failure(of: "'x'::text", as: Int.self)
        #expect(error?.code == .decodingFailed)
        #expect(error?.columnName == "price")
        #expect(error?.message == "column \"price\" of type text cannot be read as Int: the types don't fit")
    }

    @Test("NULL is refused where no optional is wanted")
    func null() async throws {
        #expect(try await failure(of: "NULL::bigint", as: Int.self)?.message.hasSuffix("it is NULL") == true)
    }

    @Test("Numbers that don't fit are refused", arguments: ["40000::int", "70000::bigint", "-32769::numeric"])
    func outOfRange(sql: String) async throws {
        #expect(try await failure(of: sql, as: Int16.self)?.message.contains("out of range") == true)
    }

    @Test(
        "A numeric with decimals is refused",
        arguments: ["1.5::numeric", "0.001::numeric", "'NaN'::numeric", "99999999999999999999::numeric"])
    func numeric(sql: String) async throws {
        #expect(try await failure(of: sql, as: Int.self)?.code == .decodingFailed)
    }

    @Test("Infinite moments and days are refused")
    func infinite() async throws {
        #expect(try await failure(of: "'infinity'::timestamptz", as: Date.self)?.code == .decodingFailed)
        #expect(try await failure(of: "'-infinity'::date", as: CalendarDay.self)?.code == .decodingFailed)
    }

    @Test("A column that isn't there, or is there twice, is refused; by position both are read")
    func columns() async throws {
        try await withTestDatabase(.empty) { pool in
            let rows = try await pool.rows("SELECT 1::bigint AS id, 'a' AS id, TRUE AS flag")
            let row = try #require(rows.first)
            #expect(throws: PostgresError.self) { try row["id"] as Int }
            #expect(throws: PostgresError.self) { try row["title"] as Int }
            let (number, text, flag) = try row.decode((Int, String, Bool).self)
            #expect(number == 1)
            #expect(text == "a")
            #expect(flag)
            #expect(throws: PostgresError.self) { try row.decode((Int, String, Bool, Int).self) }
        }
    }

    @Test("Enumerations of the database are read as their text")
    func userDefinedEnumeration() async throws {
        try await withTestDatabase(.empty) { pool in
            try await pool.execute("CREATE TYPE mood AS ENUM ('calm', 'wild')")
            let mood = try await pool.row("SELECT 'wild'::mood AS mood, ARRAY['calm', 'wild']::mood[] AS moods") { row in
                (try row["mood"] as String, try row["moods"] as [String])
            }
            #expect(mood?.0 == "wild")
            #expect(mood?.1 == ["calm", "wild"])
        }
    }

    @Test("Wide results find their columns too")
    func wide() async throws {
        try await withTestDatabase(.empty) { pool in
            let columns = (0..<40).map { "\($0) AS c\($0)" }.joined(separator: ", ")
            let rows = try await pool.rows(Query(unsafeSQL: "SELECT \(columns)"))
            let row = try #require(rows.first)
            for index in 0..<40 { #expect(try row["c\(index)"] as Int == index) }
        }
    }
}
