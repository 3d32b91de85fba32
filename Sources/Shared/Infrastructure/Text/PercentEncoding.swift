/// Percent-encoding of paths, queries and forms (RFC 3986, `application/x-www-form-urlencoded`).
///
/// Everything but RFC 3986's unreserved characters is escaped, a space as `%20`, which every decoder reads.
package enum PercentEncoding {
    package static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text.utf8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the encoded form of bytes, in any character set.
    package static func append(_ bytes: some Sequence<UInt8>, to encoded: inout [UInt8]) {
        for byte in bytes {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(Hexadecimal.upperCaseDigit(byte >> 4))
                encoded.append(Hexadecimal.upperCaseDigit(byte & 15))
            }
        }
    }

    /// A query or form of these fields, in their order.
    package static func form(_ fields: [(String, String)]) -> String {
        fields.map { encode($0.0) + "=" + encode($0.1) }.joined(separator: "&")
    }

    /// - Parameter plusIsSpace: whether `+` stands for a space, as in queries and forms.
    /// - Returns: `nil` for a broken escape, or when the decoded bytes are not UTF-8.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        let utf8 = text.utf8
        guard utf8.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else { return String(text) }
        return decode(bytes: utf8, plusIsSpace: plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The bytes that were encoded, in any character set; `nil` for a broken escape.
    package static func decode(bytes encoded: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var rest = encoded.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard
                    let high = rest.next().flatMap(Hexadecimal.value(of:)), let low = rest.next().flatMap(Hexadecimal.value(of:))
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// The pairs of a query or form, in their order.
    ///
    /// - Returns: `nil` when a name or value can't be decoded.
    package static func pairs(_ text: Substring) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let equals = part.utf8.firstIndex(of: UInt8(ascii: "="))
            guard
                let name = decode(part[..<(equals ?? part.endIndex)], plusIsSpace: true),
                let value = decode(equals.map { part[part.utf8.index(after: $0)...] } ?? "", plusIsSpace: true)
            else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: byte.isAlphanumeric
        }
    }
}
