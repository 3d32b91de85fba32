/// The IP addresses that count as one client where requests and attempts are counted. With version 6, one client has all 2⁶⁴ addresses that
/// begin alike (RFC 4291 §2.5.4). With version 4 the block is the one address, however it is written.
package struct AddressBlock: Hashable, Sendable {
    /// The prefix that a site gets (RFC 6177): it contains 65,536 blocks that each count as one client.
    private static let siteBits = 48
    /// How many times a client's share a site may have. It is more than one, because a company or the phones of a carrier may share a site;
    /// and far less than the number of its blocks, because one person may have a whole site.
    static let clientsOfSite = 16

    /// The block's name, such as `192.0.2.1`, `2001:db8:0:1::/64` or `2001:db8:0::/48`. Text that is no address stays as it came.
    package let text: String
    /// How many times a client's share of a limit the block has.
    package let clients: Int

    /// The block of one client.
    package init(of address: String) {
        self.init(address, NetworkAddress(ofVersion6: address), bits: 64, clients: 1)
    }

    private init(_ address: String, _ number: NetworkAddress?, bits: Int, clients: Int) {
        self.clients = clients
        text =
            switch number {
            case .v4(let bits)?: [24, 16, 8, 0].map { String(bits >> $0 & 0xFF) }.joined(separator: ".")
            case .v6(let number)?:
                stride(from: 112, through: 128 - bits, by: -16).map { String(number >> UInt128($0) & 0xFFFF, radix: 16) }
                    .joined(separator: ":") + "::/\(bits)"
            case nil: address
            }
    }

    /// All blocks under which a request from an address is counted, the narrowest first: the client's, and with version 6 also its site's,
    /// which may have ``clients`` times as much.
    package static func all(of address: String) -> [AddressBlock] {
        let number = NetworkAddress(ofVersion6: address)
        let client = AddressBlock(address, number, bits: 64, clients: 1)
        guard case .v6? = number else { return [client] }
        return [client, AddressBlock(address, number, bits: siteBits, clients: clientsOfSite)]
    }

    /// The block's share of something, when one client's share is given.
    ///
    /// - Parameter all: how much of it there is in all. A site gets at most half of that, unless one client gets more.
    package func share(ofClient share: Int, outOf all: Int) -> Int {
        Self.share(of: clients, ofClient: share, outOf: all)
    }

    static func share(of clients: Int, ofClient share: Int, outOf all: Int) -> Int {
        guard clients > 1 else { return share }
        let (product, overflows) = share.multipliedReportingOverflow(by: clients)
        return max(share, min(overflows ? all : product, all / 2))
    }
}

extension NetworkAddress {
    /// Reads an address of version 6. Dotted addresses needn't be read, because there is only one way to write them.
    fileprivate init?(ofVersion6 text: String) {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        self.init(text)
    }
}
