import Callers
package import Database

extension MerchantScope {
    /// The condition of a WHERE clause that lets only rows inside of the scope through.
    ///
    /// - Parameters:
    ///   - merchant: the column of the merchant's number.
    ///   - cinema: the column of the cinema's number.
    package func condition(merchant: Query, cinema: Query) -> Query {
        let conditions: [Query?] = [
            merchantID.map { "\(merchant) = \($0)" }, cinemaIDs.map { "\(cinema) = ANY (\($0)::bigint[])" },
        ]
        return conditions.conjunction
    }
}
