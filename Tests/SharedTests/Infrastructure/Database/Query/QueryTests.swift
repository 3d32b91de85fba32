import Testing

@testable import Database

@Suite("Queries")
struct QueryTests {
    private func texts(_ query: Query) -> [String?] {
        query.parameters.map { parameter in
            parameter.valueOffset.map { offset in
                String(decoding: query.values.bytes[offset...].prefix { $0 != 0 }, as: UTF8.self)
            }
        }
    }

    @Test("Values are bound, never written into the SQL")
    func binds() {
        let query: Query = "SELECT * FROM seats WHERE row = \("A'; --") AND number = \(7) AND note = \(String?.none)"
        #expect(query.sql == "SELECT * FROM seats WHERE row = $1 AND number = $2 AND note = $3")
        #expect(texts(query) == ["A'; --", "7", nil])
    }

    @Test("A query that is spliced in brings its values along and is renumbered")
    func splices() {
        let inner: Query = "row = \("A") OR row = '$9' OR number IN (\(1), \(2))"
        let query: Query = "SELECT \(0) FROM seats WHERE \(inner) AND id = \(3) AND \(inner)"
        #expect(
            query.sql == "SELECT $1 FROM seats WHERE row = $2 OR row = '$9' OR number IN ($3, $4) AND id = $5"
                + " AND row = $6 OR row = '$9' OR number IN ($7, $8)"
        )
        #expect(texts(query) == ["0", "A", "1", "2", "3", "A", "1", "2"])
    }

    @Test("Conditions are joined")
    func joins() {
        let conditions: [Query] = ["a = \(1)", "b = \(2)", "c IS NULL"]
        let query: Query = "WHERE \(conditions.joined(separator: " AND "))"
        #expect(query.sql == "WHERE a = $1 AND b = $2 AND c IS NULL")
        #expect([Query]().joined(separator: ", ").sql.isEmpty)
    }

    @Test("Raw SQL is written as it is")
    func raw() {
        let query: Query = "SELECT 1 ORDER BY \(unsafeSQL: "title DESC") LIMIT \(5)"
        #expect(query.sql == "SELECT 1 ORDER BY title DESC LIMIT $1")
    }

    @Test("A query's description shows no values")
    func description() {
        let query: Query = "SELECT \("secret")"
        #expect("\(query)" == "SELECT $1")
    }

    @Test(
        "Arrays are written so that no element can become two",
        arguments: zip(
            [["a"], [""], ["a,b"], ["{}"], ["\"\\"], ["null"], [" "], ["1", "2"]],
            [#"{"a"}"#, #"{""}"#, #"{"a,b"}"#, #"{"{}"}"#, #"{"\"\\"}"#, #"{"null"}"#, #"{" "}"#, "{1,2}"]
        ))
    func arrays(elements: [String], literal: String) {
        #expect(texts("\(elements)") == [literal])
    }

    @Test(
        "The first word tells what a statement means for its transaction",
        arguments: [
            ("COMMIT", StatementKind.commit), ("  commit;", .commit), ("\nEND", .commit), ("PREPARE TRANSACTION 'a'", .commit),
            ("BEGIN", .begin), ("START TRANSACTION", .begin), ("ROLLBACK", .rollback), ("SELECT 1", .read),
            ("INSERT INTO a VALUES (1)", .write), ("WITH a AS (DELETE FROM b) SELECT 1", .write), ("", .write),
        ])
    func kinds(sql: String, kind: StatementKind) {
        #expect(StatementKind(sql: sql) == kind)
    }

    @Test("The statement that was used longest ago makes room")
    func statementCache() {
        var cache = StatementCache(capacity: 2)
        cache.insert("a", name: "s1")
        cache.insert("b", name: "s2")
        let first = cache.name(of: "a")
        #expect(first == "s1")
        cache.insert("c", name: "s3")
        let names = ["a", "b", "c"].map { cache.name(of: $0) }
        #expect(names == ["s1", nil, "s3"])
        #expect(cache.discarded == ["s2"])
        cache.deallocated("s2")
        #expect(cache.discarded.isEmpty)
    }
}
