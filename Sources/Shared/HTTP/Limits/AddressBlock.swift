import NIOCore

/// The addresses that count as one client for limits. Whoever has an address of version 6 has the 2⁶⁴ that begin like it (RFC 4291
/// §2.5.4), so there it is the first half; of version 4 it is the address, also inside of one of version 6.
struct AddressBlock: Hashable, Sendable {
    /// An address of version 4, the first four groups of one of version 6, or what was no address as it came.
    let text: String

    init(of address: String) {
        // As the system writes it (RFC 5952): the same however it came.
        guard address.utf8.contains(UInt8(ascii: ":")), let written = try? SocketAddress(ipAddress: address, port: 0).ipAddress else {
            text = address
            return
        }
        let mapped = "::ffff:"
        guard !written.hasPrefix(mapped) || !written.contains(".") else {
            text = String(written.dropFirst(mapped.count))
            return
        }
        // `::` stands for as many zeros as are missing; no less than one.
        let leading = written.prefix(upTo: written.firstRange(of: "::")?.lowerBound ?? written.endIndex).split(separator: ":")
        let trailing = written.split(separator: ":").count - leading.count + (written.contains(".") ? 1 : 0)
        let zeros = Array(repeating: Substring("0"), count: max(0, 8 - leading.count - trailing))
        text = (leading + zeros + written.split(separator: ":").dropFirst(leading.count)).prefix(4).joined(separator: ":")
    }
}
