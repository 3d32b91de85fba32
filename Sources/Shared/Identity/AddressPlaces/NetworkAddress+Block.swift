extension NetworkAddress {
    /// The addresses that count as one where tries are counted: of version 6 the first 64 bits, since whoever has one such address has
    /// all of those; of version 4 the address, however it is written.
    ///
    /// - Returns: the block's name; what is no address as it came.
    static func block(of address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        return switch NetworkAddress(address) {
        case .v4(let bits)?: [24, 16, 8, 0].map { String(bits >> $0 & 0xFF) }.joined(separator: ".")
        case .v6(let bits)?: String(bits >> 64, radix: 16) + "::/64"
        case nil: address
        }
    }
}
