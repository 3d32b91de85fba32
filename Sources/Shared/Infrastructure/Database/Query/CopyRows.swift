/// Rows for one COPY … FROM STDIN: a table, its columns, and the rows' values in COPY's text form.
///
///     var rows = CopyRows(into: "people", columns: ["id", "name"])
///     rows.add(id, "Ada")
///     try await transaction.copy(rows)
///
/// All of them are in memory and are sent as one statement, so whoever has many sends them whenever ``isFull`` says so.
package struct CopyRows: Sendable {
    /// From here on another batch should begin, in bytes: more makes a COPY no faster.
    private static let fullBytes = 1 << 20
    /// The most that is sent as one statement, in bytes.
    private static let maximumBytes = 64 << 20

    /// The statement.
    let sql: String
    private let columnCount: Int
    private(set) var text = PostgresText()
    /// How many rows were added.
    package private(set) var count = 0

    /// - Parameters:
    ///   - table: its name. Like those of the columns, it becomes part of the SQL, so it must not come from outside.
    ///   - columns: the values of a row, in their order; the others get their defaults.
    package init(into table: String, columns: [String]) {
        sql = "COPY \(table) (\(columns.joined(separator: ", "))) FROM STDIN"
        columnCount = columns.count
    }

    package var isEmpty: Bool { count == 0 }

    /// Whether these rows should be sent before others are added.
    package var isFull: Bool { text.bytes.count >= Self.fullBytes }

    /// Adds a row. What is wrong with it, such as text with a NUL character, refuses all rows when they are sent.
    package mutating func add<each Value: PostgresEncodable>(_ values: repeat each Value) {
        guard text.bytes.count < Self.maximumBytes else { return text.refuse("more than \(Self.maximumBytes) bytes for one COPY") }
        var added = 0
        for value in repeat each values {
            if added > 0 { text.append(ascii: "\t") }
            text.appendCopyField(value)
            added += 1
        }
        text.append(ascii: "\n")
        count += 1
        if added != columnCount { text.refuse("a row of \(added) values for \(columnCount) columns") }
    }

    /// Removes all rows, to be filled again.
    package mutating func removeAll() {
        text = PostgresText()
        count = 0
    }
}
