/// The names and types of a result's columns. Those of a prepared statement never change, so one layout serves all its results.
final class ColumnLayout: Sendable {
    let names: [String]
    let types: [PostgresType]
    /// Only wide results have it: for a few columns, comparing names is faster than hashing.
    private let positions: [String: Int]?
    private let ambiguous: Set<String>

    private static let widestCompared = 16

    init(of result: LibpqResult) {
        names = (0..<result.columnCount).map(result.columnName)
        types = (0..<result.columnCount).map { PostgresType(rawValue: result.columnType($0)) }
        var positions: [String: Int] = [:]
        var ambiguous: Set<String> = []
        for (index, name) in names.enumerated() where positions.updateValue(index, forKey: name) != nil {
            ambiguous.insert(name)
        }
        self.ambiguous = ambiguous
        self.positions = names.count > Self.widestCompared ? positions : nil
    }

    /// The position of a column.
    ///
    /// - Throws: ``PostgresError/Code/decodingFailed`` when no column or more than one has this name.
    func position(of name: String) throws(PostgresError) -> Int {
        let position = if let positions { positions[name] } else { names.firstIndex(of: name) }
        guard let position else {
            throw PostgresError(.decodingFailed, "no column \"\(name)\" among \(names.joined(separator: ", "))")
        }
        guard ambiguous.isEmpty || !ambiguous.contains(name) else {
            throw PostgresError(.decodingFailed, "more than one column \"\(name)\"")
        }
        return position
    }
}
