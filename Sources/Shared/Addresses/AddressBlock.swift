/// The addresses that count as one client where requests and tries are counted. Whoever has an address of version 6 has the 2⁶⁴ that begin
/// like it (RFC 4291 §2.5.4); of version 4 it is the address, however it is written.
package struct AddressBlock: Hashable, Sendable {
    /// The block's name; what is no address as it came.
    package let text: String

    package init(of address: String) {
        guard address.utf8.contains(UInt8(ascii: ":")) else {
            text = address
            return
        }
        text =
            switch NetworkAddress(address) {
            case .v4(let bits)?: [24, 16, 8, 0].map { String(bits >> $0 & 0xFF) }.joined(separator: ".")
            case .v6(let bits)?: String(bits >> 64, radix: 16) + "::/64"
            case nil: address
            }
    }
}
