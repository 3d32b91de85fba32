/// The bytes that a QR code is made of.
enum QRCodewords {
    /// The padded bytes of the text, and then the error correction of each block. Both are dealt out in turn.
    static func interleaved(_ text: [UInt8], layout: QRLayout) -> [UInt8] {
        let data = padded(text, layout: layout)
        var blocks: [[UInt8]] = []
        var start = 0
        for length in layout.blocks {
            blocks.append(Array(data[start..<start + length]))
            start += length
        }
        let generator = ReedSolomon.generator(degree: layout.correction)
        let corrections = blocks.map { ReedSolomon.remainder(of: $0, by: generator) }
        return dealt(blocks) + dealt(corrections)
    }

    /// Mode and length, the text, an end mark of up to four zero bits, zeros to the next byte, and 0xEC and 0x11 by turns.
    private static func padded(_ text: [UInt8], layout: QRLayout) -> [UInt8] {
        var bits = QRBits()
        bits.append(0b0100, count: 4)
        bits.append(text.count, count: layout.lengthBits)
        for byte in text { bits.append(Int(byte), count: 8) }
        bits.append(0, count: min(4, 8 * layout.dataCount - bits.count))
        bits.append(0, count: (8 - bits.count % 8) % 8)
        var bytes = bits.bytes
        var filler: UInt8 = 0xEC
        while bytes.count < layout.dataCount {
            bytes.append(filler)
            filler ^= 0xEC ^ 0x11
        }
        return bytes
    }

    /// The first bytes of all blocks, then the second ones, and so on.
    private static func dealt(_ blocks: [[UInt8]]) -> [UInt8] {
        let longest = blocks.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in blocks.compactMap { index < $0.count ? $0[index] : nil } }
    }
}

/// Bits in a row, most significant first.
private struct QRBits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: Int, count length: Int) {
        for shift in stride(from: length - 1, through: 0, by: -1) {
            if count % 8 == 0 { bytes.append(0) }
            if value >> shift & 1 == 1 { bytes[bytes.count - 1] |= 0x80 >> UInt8(count % 8) }
            count += 1
        }
    }
}
