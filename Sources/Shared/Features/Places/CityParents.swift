/// The rule that a city's parent must be known, in the file or in the database.
enum CityParents {
    /// Separates the rows whose parents are known from the others. When a row is refused, its children are refused too.
    ///
    /// - Parameter known: the ids of the cities that the database has already.
    static func check(
        _ rows: [ImportedFile<City>.Row],
        known: Set<Int64>
    ) -> (accepted: [ImportedFile<City>.Row], refusals: [RejectedRow]) {
        let byID = Dictionary(rows.map { ($0.value.id, $0.value) }) { first, _ in first }
        var accepted: [ImportedFile<City>.Row] = []
        var refusals: [RejectedRow] = []
        for row in rows {
            var chain: Set<Int64> = [row.value.id]
            var parent = row.value.parentID
            var fault: String?
            while let id = parent, fault == nil {
                if !chain.insert(id).inserted {
                    fault = "its parents lead back to itself"
                } else if let city = byID[id] {
                    parent = city.parentID
                } else if known.contains(id) {
                    parent = nil
                } else {
                    fault = "there is no city \(id), which is to be its parent"
                }
            }
            if let fault {
                refusals.append(RejectedRow(line: row.line, reason: fault))
            } else {
                accepted.append(row)
            }
        }
        return (accepted, refusals)
    }
}
