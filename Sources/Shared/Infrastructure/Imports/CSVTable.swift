/// Comma-separated values whose first record names the columns.
struct CSVTable {
    /// A record whose cells are read by the name of the column.
    struct Row {
        fileprivate let positions: [String: Int]
        fileprivate let cells: [String]

        /// A cell without the blanks around it; empty where the table has no such column.
        subscript(_ column: String) -> String {
            guard let position = positions[column] else { return "" }
            return String(cells[position].trimming(while: \.isWhitespace))
        }

        /// The parts of a cell that is a list with commas, without empty ones.
        func list(_ column: String) -> [String] {
            self[column].split(separator: ",").map { String($0.trimming(while: \.isWhitespace)) }.filter { !$0.isEmpty }
        }
    }

    private let positions: [String: Int]
    private let records: CSVReader

    /// - Throws: ``ImportFileError`` when the first record doesn't name these columns.
    init(_ bytes: [UInt8], columns: [String]) throws(ImportFileError) {
        var records = CSVReader(bytes)
        guard let first = records.next() else { throw ImportFileError("the file is empty") }
        guard case .success(let header) = first.cells else { throw ImportFileError("line \(first.line) doesn't name the columns") }
        let names = header.map { $0.trimming(while: \.isWhitespace) }
        let missing = columns.filter { column in !names.contains { $0 == column } }
        guard missing.isEmpty else { throw ImportFileError("the columns \(missing.joined(separator: ", ")) are missing") }
        positions = Dictionary(zip(names.map(String.init), names.indices)) { first, _ in first }
        self.records = records
    }

    /// Makes a value of each row that `read` accepts, and rejects the others.
    func file<Value>(_ read: (Row) throws(ImportFault) -> Value) -> ImportedFile<Value> {
        var file = ImportedFile<Value>()
        for record in records {
            file.take(line: record.line) { () throws(ImportFault) in
                try read(Row(positions: positions, cells: try record.cells.get()))
            }
        }
        return file
    }
}

extension StringProtocol {
    fileprivate func trimming(while blank: (Character) -> Bool) -> SubSequence {
        drop(while: blank).dropLast(reversed().prefix(while: blank).count)
    }
}
