/// Base32 (RFC 4648 §6) without padding, as people can type it.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        /// The bits that have no digit yet, and bits before them. 12 bits are enough, since fewer than 5 are left when a byte comes.
        var rest = 0
        var bits = 0
        for byte in bytes {
            rest = (rest << 8 | Int(byte)) & 0xFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[rest >> bits & 31])
            }
        }
        let missing = 5 - bits
        if bits > 0 { text.append(alphabet[rest << missing & 31]) }
        return String(decoding: text, as: UTF8.self)
    }
}
