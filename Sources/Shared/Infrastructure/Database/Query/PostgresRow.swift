/// One row of a result.
///
///     Person(id: try row["id"], name: try row["name"])
package struct PostgresRow: Sendable {
    private let result: LibpqResult
    private let layout: ColumnLayout
    private let index: Int

    init(result: LibpqResult, layout: ColumnLayout, index: Int) {
        self.result = result
        self.layout = layout
        self.index = index
    }

    /// The value of a column by its name.
    ///
    /// - Throws: ``PostgresError/Code/decodingFailed``, naming the column, its type and the wanted one.
    package subscript<Value: PostgresDecodable>(_ column: String) -> Value {
        get throws {
            try value(at: layout.position(of: column))
        }
    }

    /// The value of a column by its position, from 0.
    ///
    /// - Throws: ``PostgresError/Code/decodingFailed``, naming the column, its type and the wanted one.
    package subscript<Value: PostgresDecodable>(position column: Int) -> Value {
        get throws {
            try value(at: column)
        }
    }

    /// The first columns, in their order.
    ///
    ///     let (id, title) = try row.decode((Int64, String).self)
    ///
    /// - Throws: ``PostgresError/Code/decodingFailed``, naming the column, its type and the wanted one.
    package func decode<each Column: PostgresDecodable>(
        _ types: (repeat each Column).Type = (repeat each Column).self
    ) throws -> (repeat each Column) {
        var column = 0
        return (repeat try next(&column, as: (each Column).self))
    }

    private func next<Value: PostgresDecodable>(_ column: inout Int, as type: Value.Type) throws -> Value {
        defer { column += 1 }
        return try value(at: column)
    }

    private func value<Value: PostgresDecodable>(at column: Int) throws(PostgresError) -> Value {
        guard column >= 0, column < layout.types.count else {
            throw PostgresError(.decodingFailed, "no column \(column) among \(layout.types.count)")
        }
        let type = layout.types[column]
        do {
            guard !result.isNull(row: index, column: column) else { return try Value.decodeNull() }
            return try result.withBytes(row: index, column: column) { bytes throws(PostgresDecodingFailure) in
                try Value.decode(bytes, as: type)
            }
        } catch {
            let reason =
                switch error {
                case .null: "it is NULL"
                case .typeMismatch: "the types don't fit"
                case .unfit(let reason): reason
                }
            var failure = PostgresError(
                .decodingFailed,
                "column \"\(layout.names[column])\" of type \(type) cannot be read as \(Value.self): \(reason)"
            )
            failure.columnName = layout.names[column]
            throw failure
        }
    }
}
