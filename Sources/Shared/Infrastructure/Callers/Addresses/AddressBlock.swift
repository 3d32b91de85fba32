/// The addresses that count as one client where requests and tries are counted. Whoever has an address of version 6 has the 2⁶⁴ that begin
/// like it (RFC 4291 §2.5.4); of version 4 it is the address, however it is written.
package struct AddressBlock: Hashable, Sendable {
    /// What a site gets (RFC 6177), so 65,536 of the blocks that count as one client.
    private static let siteBits = 48
    /// How many clients' worth a site may have: more than one client, since a company or the handsets of a carrier may share it, and far
    /// fewer than its blocks, since one person may have it too.
    static let clientsOfSite = 16

    /// The block's name, such as `192.0.2.1`, `2001:db8:0:1::/64` or `2001:db8:0::/48`; what is no address as it came.
    package let text: String
    /// How many clients' worth of a limit the block has.
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

    /// All blocks for which something that comes from an address is counted, the narrowest first: the client's, and for an address of
    /// version 6 its site's, which may have ``clients`` times as much.
    package static func all(of address: String) -> [AddressBlock] {
        let number = NetworkAddress(ofVersion6: address)
        let client = AddressBlock(address, number, bits: 64, clients: 1)
        guard case .v6? = number else { return [client] }
        return [client, AddressBlock(address, number, bits: siteBits, clients: clientsOfSite)]
    }

    /// How much a block may have of what one client may have so much of.
    ///
    /// - Parameter all: how much of it there is. No site has more than half of that, unless one client may.
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
    /// Reads an address that is written as one of version 6. Dotted ones need no reading: there is one way to write them.
    fileprivate init?(ofVersion6 text: String) {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        self.init(text)
    }
}
