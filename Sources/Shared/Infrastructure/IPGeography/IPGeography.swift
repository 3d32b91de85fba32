import Callers

/// The places of IP addresses, by a list that the operator provides. It is kept in memory, with about 12 bytes for a range of version 4 and
/// 36 for one of version 6.
package final class IPGeography: Sendable {
    private let v4: IPRanges<UInt32>
    private let v6: IPRanges<UInt128>
    private let places: [IPLocation]

    /// Reads a list of comma-separated values without a header, in ascending order for each version of addresses: first address, last
    /// address, country, region, city; or, as in DB-IP's lists, the country alone (`dbip-country-lite`), or with the continent before it
    /// and the coordinates behind the city (`dbip-city-lite`). Ranges without a country (empty, or `ZZ`) are left out.
    ///
    /// - Throws: `ImportFileError` for the first line that can't be read, because half of a list would give wrong places.
    package init(csv bytes: [UInt8]) throws(ImportFileError) {
        var v4 = IPRanges<UInt32>()
        var v6 = IPRanges<UInt128>()
        var places: [IPLocation] = []
        var numbers: [IPLocation: UInt32] = [:]
        for record in CSVReader(bytes) {
            let cells: [String]
            switch record.cells {
            case .success(let read): cells = read
            case .failure(let fault): throw ImportFileError("line \(record.line): \(fault.reason)")
            }
            guard let country = Self.countryColumn(of: cells.count) else {
                throw ImportFileError("line \(record.line): \(cells.count) cells where 3, 5 or 8 belong")
            }
            guard let first = NetworkAddress(cells[0]), let last = NetworkAddress(cells[1]) else {
                throw ImportFileError("line \(record.line): what isn't an address")
            }
            guard let place = Self.place(Array(cells[country...].prefix(3))) else { continue }
            let number = numbers[place] ?? UInt32(places.count)
            if numbers[place] == nil {
                numbers[place] = number
                places.append(place)
            }
            let isInOrder =
                switch (first, last) {
                case (.v4(let first), .v4(let last)): v4.append(first, last, place: number)
                case (.v6(let first), .v6(let last)): v6.append(first, last, place: number)
                default: false
                }
            guard isInOrder else { throw ImportFileError("line \(record.line): a range that isn't one, or not behind the one before it") }
        }
        self.v4 = v4
        self.v6 = v6
        self.places = places
    }

    /// - Parameter address: an IP address in the system's usual form.
    /// - Returns: `nil` for an address that the list doesn't have.
    package func location(of address: String) -> IPLocation? {
        let number: UInt32? =
            switch NetworkAddress(address) {
            case .v4(let bits): v4.place(of: bits)
            case .v6(let bits): v6.place(of: bits)
            case nil: nil
            }
        return number.map { places[Int($0)] }
    }

    private static func countryColumn(of count: Int) -> Int? {
        switch count {
        case 3, 5: 2
        case 8: 3
        default: nil
        }
    }

    private static func place(_ cells: [String]) -> IPLocation? {
        guard let country = cells.first, !country.isEmpty, country != "ZZ" else { return nil }
        func cell(_ index: Int) -> String? { cells.count > index && !cells[index].isEmpty ? cells[index] : nil }
        return IPLocation(country: country, region: cell(1), city: cell(2))
    }
}
/// The place of an IP address, according to a list.
package struct IPLocation: Hashable, Sendable {
    /// The code of ISO 3166-1, as `CN`.
    package let country: String
    package let region: String?
    package let city: String?
}
