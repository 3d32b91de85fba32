/// What the schema or the program rules out has happened all the same: a fault of ours, for which no caller is to blame.
///
/// Nothing may go on as if all were well. Whatever a request wanted to change is rolled back, the caller gets a 500, and the description
/// stands in the log: it says where to look, and holds no value that came from outside.
package struct Defect: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension Defect {
    /// A statement that always gives a row, such as INSERT … RETURNING, gave none.
    ///
    /// - Parameter statement: its SQL without values, or its tag.
    static func rowMissing(after statement: String) -> Defect {
        Defect("a statement that always gives a row gave none: \(statement)")
    }

    /// A row that this transaction has locked isn't there any more.
    ///
    /// - Parameter table: whose row it was.
    package static func lockedRowGone(from table: String) -> Defect {
        Defect("a locked row is gone from \(table)")
    }
}
