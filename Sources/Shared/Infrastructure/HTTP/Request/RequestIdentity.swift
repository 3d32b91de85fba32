import Text

/// The ids with which a request can be followed through logs and services.
enum RequestIdentity {
    /// A client's X-Request-Id, if it has 1 to 128 letters, digits and `-_.:`.
    static func accepted(_ header: String?) -> String? {
        guard let header, (1...128).contains(header.utf8.count), header.utf8.allSatisfy(isPlain) else { return nil }
        return header
    }

    /// An id that nobody can guess and that reveals nothing: 128 random bits.
    static func random() -> String {
        [UInt8].random(16).hexadecimal
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: byte.isAlphanumeric
        }
    }

    /// A traceparent as W3C Trace Context (level 1) allows: version 00, ids not all zero.
    static func traceparent(_ header: String?) -> String? {
        guard let header, header.utf8.count == 55 else { return nil }
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard
            parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] == "00",
            parts.allSatisfy({ $0.utf8.allSatisfy(isLowerHexadecimal) }),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        return header
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        byte.isDecimalDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
