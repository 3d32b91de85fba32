import Text

/// An IP address as a number.
package enum NetworkAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// Reads an address as it is usually written: dotted, or by RFC 4291 §2.2. An address of version 4 inside of one of version 6
    /// (`::ffff:192.0.2.1`) is read as version 4.
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        if !text.contains(":") {
            guard let bits = Self.v4(text) else { return nil }
            self = .v4(bits)
        } else {
            guard let bits = Self.v6(text) else { return nil }
            self = bits >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: bits)) : .v6(bits)
        }
    }

    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy(\.isDecimalDigit), let byte = UInt8(part) else { return nil }
            bits = bits << 8 | UInt32(byte)
        }
        return bits
    }

    private static func v6(_ text: some StringProtocol) -> UInt128? {
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = halves.first, halves.count <= 2, let front = groups(first, isEnd: halves.count == 1) else { return nil }
        guard halves.count == 2 else { return front.count == 8 ? number(front) : nil }
        // The `::` stands for one or more groups of zeros.
        guard let back = groups(halves[1], isEnd: true), front.count + back.count < 8 else { return nil }
        return number(front + [UInt16](repeating: 0, count: 8 - front.count - back.count) + back)
    }

    /// - Parameter isEnd: whether these groups end the address. Only the last group of an address may be dotted.
    private static func groups(_ text: some StringProtocol, isEnd: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isEnd, index == parts.count - 1, part.contains(".") {
                guard let bits = v4(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: bits >> 16), UInt16(truncatingIfNeeded: bits)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"), let group = UInt16(part, radix: 16) else {
                    return nil
                }
                groups.append(group)
            }
        }
        return groups
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}
