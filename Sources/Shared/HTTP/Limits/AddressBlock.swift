import Foundation

/// The addresses that count as one client for limits. Whoever has an address of version 6 has 2⁶⁴ of them (RFC 6177 gives every site
/// that many or more), so there it is the first 64 bits; of version 4 it is the address, also inside of one of version 6.
struct AddressBlock: Hashable, Sendable {
    /// An address of version 4, the first half of one of version 6 as 16 hexadecimal digits, or what was no address as it came.
    let text: String

    init(of address: String) {
        var parsed = in6_addr()
        guard address.utf8.contains(UInt8(ascii: ":")), unsafe inet_pton(AF_INET6, address, &parsed) == 1 else {
            text = address
            return
        }
        let bytes = unsafe withUnsafeBytes(of: parsed) { unsafe Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        text =
            isMapped
            ? bytes.suffix(4).map { String($0) }.joined(separator: ".")
            : bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
