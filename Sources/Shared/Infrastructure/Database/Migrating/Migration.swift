/// One numbered change of the schema.
package struct Migration: Hashable, Sendable {
    /// From 1, without gaps.
    package let number: Int
    package let name: String
    /// Any number of statements; they are run in one transaction.
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// The schema is older than this program needs.
package struct SchemaOutdated: Error, Hashable, CustomStringConvertible {
    /// The last migration that the database has had; 0 for none.
    package let found: Int
    /// The last one that this program knows.
    package let needed: Int

    package init(found: Int, needed: Int) {
        self.found = found
        self.needed = needed
    }

    package var description: String { "the database's schema is at migration \(found), this program needs \(needed); run migrate" }
}

/// The database's record of migrations contradicts this program's.
package struct SchemaMismatch: Error, Hashable, CustomStringConvertible {
    package let number: Int
    /// The name that the database recorded.
    package let found: String
    /// The name that this program knows.
    package let expected: String

    package init(number: Int, found: String, expected: String) {
        self.number = number
        self.found = found
        self.expected = expected
    }

    package var description: String { "migration \(number) is \"\(found)\" in the database and \"\(expected)\" here" }
}
