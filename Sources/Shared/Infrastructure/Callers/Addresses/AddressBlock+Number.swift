extension AddressBlock {
    /// The number of the block that an IP address belongs to: an address of version 4 as a number, or the first 64 bits of one of version
    /// 6. The two kinds don't collide, because no address in use begins with 32 zeros. Text that is no address, and the version 6 address
    /// of this machine itself, have the number -1.
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
