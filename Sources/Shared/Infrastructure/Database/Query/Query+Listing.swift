package import Callers

extension Query {
    /// In which direction a list goes along its ids.
    package enum Direction: Hashable, Sendable {
        case oldestFirst
        case newestFirst
    }

    /// A page of rows in the order of their ids, and one row more, which tells `Page` whether there is a next page.
    ///
    /// - Parameters:
    ///   - tables: what stands in FROM.
    ///   - conditions: what the rows must fulfil; `nil` for one that doesn't apply.
    ///   - id: the column of the ids, with its table's name where there are several tables.
    /// - Throws: `Refusal.cursorInvalid`.
    package static func page(
        _ page: PageRequest, of tables: Query, _ columns: Query, where conditions: [Query?] = [], _ direction: Direction = .oldestFirst,
        by id: Query = "id"
    ) throws -> Query {
        let order: Query = direction == .oldestFirst ? "ASC" : "DESC"
        let start: Query? = try page.idKey().map { direction == .oldestFirst ? "\(id) > \($0)" : "\(id) < \($0)" }
        return """
            SELECT \(columns)
            FROM \(tables)
            WHERE \((conditions + [start]).conjunction)
            ORDER BY \(id) \(order)
            LIMIT \(page.rowLimit)
            """
    }
}
