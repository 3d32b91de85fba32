extension Query {
    /// A page of a table in the order of its ids.
    ///
    /// - Parameters:
    ///   - table: its name.
    ///   - conditions: conditions for the rows; `nil` for one that doesn't apply.
    ///   - after: the id that the page before ended with; `nil` for the first page.
    package static func page(of table: Query, _ columns: Query, _ conditions: [Query?] = [], after: Int64?, limit: Int) -> Query {
        let all = ["id > \(after ?? 0)"] + conditions.compactMap(\.self)
        return """
            SELECT \(columns)
            FROM \(table)
            WHERE \(all.joined(separator: " AND "))
            ORDER BY id
            LIMIT \(limit)
            """
    }
}
