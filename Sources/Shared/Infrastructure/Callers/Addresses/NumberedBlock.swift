/// An ``AddressBlock`` as numbers, for rows of the database: the number of one client (``AddressBlock/number(of:)``), or the range of all
/// clients of a site.
package struct NumberedBlock: Hashable, Sendable {
    /// The lowest number of a client in it.
    package let first: Int64
    /// How many times a client's share of a limit the block has.
    package let clients: Int

    package init(first: Int64, clients: Int) {
        self.first = first
        self.clients = clients
    }

    /// The highest number of a client in it.
    package var last: Int64 { clients > 1 ? first | Self.clientBits : first }

    /// All blocks under which a client is counted, as in ``AddressBlock/all(of:)``.
    ///
    /// - Parameter number: the client's number.
    package static func all(of number: Int64) -> [NumberedBlock] {
        let client = NumberedBlock(first: number, clients: 1)
        guard !withoutSite.contains(number) else { return [client] }
        return [client, NumberedBlock(first: number & ~clientBits, clients: AddressBlock.clientsOfSite)]
    }

    /// The block's share, when one client's share is given; see ``AddressBlock/share(ofClient:outOf:)``.
    package func share(ofClient share: Int, outOf all: Int) -> Int {
        AddressBlock.share(of: clients, ofClient: share, outOf: all)
    }

    /// The bits that tell the clients of a site apart: of the first 64 bits of an address, those after the 48 of the site.
    package static let clientBits: Int64 = 0xFFFF
    /// The numbers of clients that have no site: addresses of version 4, and text that is no address. Other numbers below 0 belong to
    /// multicast addresses, from which no request comes.
    package static let withoutSite: ClosedRange<Int64> = -0x1_0000...0xFFFF_FFFF
}

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
