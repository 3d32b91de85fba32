/// The rows of a statement's result. Values are decoded when they are read.
package struct PostgresRows: Sendable {
    private let result: LibpqResult
    private let layout: ColumnLayout

    init(_ result: LibpqResult, layout: ColumnLayout) {
        self.result = result
        self.layout = layout
    }

    /// How many rows the statement inserted, changed, deleted or selected.
    package var affectedRows: Int { result.affectedRows }

    /// The command's tag, for example `INSERT 0 1`.
    package var tag: String { result.tag }

    /// The names of the columns.
    package var columns: [String] { layout.names }

    /// The first row of a statement that always gives one.
    ///
    /// - Throws: ``Defect`` when there is none.
    package var requiredFirst: PostgresRow {
        get throws {
            guard let first else { throw Defect.rowMissing(after: tag) }
            return first
        }
    }
}

extension PostgresRows: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { result.rowCount }

    package subscript(position: Int) -> PostgresRow {
        PostgresRow(result: result, layout: layout, index: position)
    }
}
