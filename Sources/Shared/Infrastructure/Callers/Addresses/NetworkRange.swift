import Text

/// A range of IP addresses that begin alike (CIDR, RFC 4632 §3.1 and RFC 4291 §2.3).
package struct NetworkRange: Hashable, Sendable {
    private let first: NetworkAddress
    /// How many bits are the same.
    private let bits: Int

    /// Reads a range such as `10.0.0.0/8` or `2001:db8::/32`, or one address. A range of version 4 inside of version 6
    /// (`::ffff:10.0.0.0/104`) is read as version 4.
    ///
    /// - Returns: `nil` for anything else. Also when the address has bits set beyond the range's prefix, because then one of the two is
    ///   wrong.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let start = parts.first, let address = NetworkAddress(start) else { return nil }
        first = address
        guard parts.count == 2 else {
            bits = address.bitWidth
            return
        }
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDecimalDigit), let written = Int(digits) else {
            return nil
        }
        let mapped = address.bitWidth == 32 && start.contains(":") ? 96 : 0
        guard (mapped...(mapped + address.bitWidth)).contains(written) else { return nil }
        bits = written - mapped
        guard address.prefix(bits) == address else { return nil }
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        address.bitWidth == first.bitWidth && address.prefix(bits) == first
    }
}

extension NetworkAddress {
    fileprivate var bitWidth: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The first address that has the same first `bits` bits.
    fileprivate func prefix(_ bits: Int) -> NetworkAddress {
        // A shift by the whole width gives 0, and a shift by less never traps.
        switch self {
        case .v4(let number): .v4(number & (UInt32.max << UInt32(32 - bits)))
        case .v6(let number): .v6(number & (UInt128.max << UInt128(128 - bits)))
        }
    }
}
