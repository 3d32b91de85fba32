import Callers
package import Database

extension MerchantScope {
    /// The condition of a WHERE clause that lets only rows inside of the scope through.
    ///
    /// - Parameters:
    ///   - merchant: the column of the merchant's number.
    ///   - cinema: the column of the cinema's number.
    package func condition(merchant: Query, cinema: Query) -> Query {
        var conditions: [Query] = []
        if let merchantID { conditions.append("\(merchant) = \(merchantID)") }
        if let cinemaIDs { conditions.append("\(cinema) = ANY (\(cinemaIDs)::bigint[])") }
        return conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ")
    }
}
