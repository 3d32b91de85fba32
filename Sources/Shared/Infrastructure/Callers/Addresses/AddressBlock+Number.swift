extension AddressBlock {
    /// The block that an address belongs to as a number: an address of version 4 itself, or the first 64 bits of one of version 6. They
    /// don't meet, since no address in use begins with 32 zeros. -1 is whatever is no address, and the machine itself by version 6.
    package static func number(of address: String) -> Int64 {
        let number: Int64 =
            switch NetworkAddress(address) {
            case .v4(let bits)?: Int64(bits)
            case .v6(let bits)?: Int64(truncatingIfNeeded: bits >> 64)
            case nil: 0
            }
        return number == 0 ? -1 : number
    }
}
