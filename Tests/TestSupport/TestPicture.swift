import Text

/// Small PNG files made by hand, for tests that need a picture and not a library.
package enum TestPicture {
    /// One color all over.
    ///
    /// - Parameter color: `0xRRGGBB`; another one makes another file.
    package static func png(width: Int = 40, height: Int = 30, color: Int = 0x336699) -> [UInt8] {
        let pixel = [16, 8, 0].map { UInt8(color >> $0 & 0xFF) }
        var pixels: [UInt8] = []
        for _ in 0..<height {
            // Each row begins with the number of its filter, which is none.
            pixels.append(0)
            for _ in 0..<width { pixels += pixel }
        }
        return signature + header(width, height) + chunk("IDAT", stored(pixels)) + chunk("IEND", [])
    }

    /// A file that says that it moves.
    package static var animated: [UInt8] {
        signature + header(1, 1) + chunk("acTL", big(2) + big(0)) + chunk("IDAT", stored([0, 1, 2, 3])) + chunk("IEND", [])
    }

    /// A file that says that it has so many pixels, and has one.
    package static func claiming(_ width: Int, _ height: Int) -> [UInt8] {
        signature + header(width, height) + chunk("IDAT", stored([0, 1, 2, 3])) + chunk("IEND", [])
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func header(_ width: Int, _ height: Int) -> [UInt8] {
        chunk("IHDR", big(width) + big(height) + [8, 2, 0, 0, 0])
    }

    /// A zlib stream that compresses nothing (RFC 1950, RFC 1951 §3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var (one, two) = (1, 0)
        for byte in bytes {
            one = (one + Int(byte)) % 65_521
            two = (two + one) % 65_521
        }
        for start in stride(from: 0, to: bytes.count, by: 65_535) {
            let block = bytes[start..<min(bytes.count, start + 65_535)]
            let isLast: UInt8 = block.endIndex == bytes.count ? 1 : 0
            let length = [UInt8(block.count & 0xFF), UInt8(block.count >> 8)]
            stream.append(isLast)
            stream += length
            stream += length.map { ~$0 }
            stream += block
        }
        return stream + big(two << 16 | one)
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + data
        return big(data.count) + named + big(Int(CRC32.checksum(of: named)))
    }

    private static func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) } }
}
