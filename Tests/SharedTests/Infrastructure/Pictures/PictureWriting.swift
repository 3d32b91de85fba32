import CPNG
import CTurboJPEG
import CWebP
import Testing

@testable import Pictures

/// Picture files made by the libraries' own encoders, and by hand where these make none of the kind.
enum PictureWriting {
    /// Four areas: red and green above, blue and white below.
    static func quarters(_ width: Int, _ height: Int, alpha: UInt32 = 255) -> Pixels {
        let colors: [UInt32] = [0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF]
        let values = (0..<width * height).map { place in
            let (right, below) = (place % width >= width / 2, place / width >= height / 2)
            return alpha << 24 | colors[(below ? 2 : 0) + (right ? 1 : 0)]
        }
        return Pixels(width: width, height: height, values: values)
    }

    /// What no encoder can make small.
    static func noise(_ width: Int, _ height: Int, seed: UInt64) -> Pixels {
        var generator = SplitMix(state: seed)
        let values = (0..<width * height).map { _ in 0xFF00_0000 | UInt32.random(in: 0...0xFF_FFFF, using: &generator) }
        return Pixels(width: width, height: height, values: values)
    }

    static func jpeg(_ pixels: Pixels, subsampling: TJSAMP = TJSAMP_444, flags: Int32 = 0, isInk: Bool = false) throws -> [UInt8] {
        let compressor = try unsafe #require(tjInitCompress())
        defer { unsafe _ = tjDestroy(compressor) }
        var memory: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { unsafe tjFree(memory) }
        let status = unsafe pixels.values.withUnsafeBytes { bytes in
            unsafe tjCompress2(
                compressor, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(pixels.width), 0, Int32(pixels.height),
                Int32((isInk ? TJPF_CMYK : TJPF_BGRA).rawValue), &memory, &length, Int32(subsampling.rawValue), 92, flags)
        }
        #expect(status == 0)
        return unsafe Array(UnsafeBufferPointer(start: memory, count: Int(length)))
    }

    static func png(_ pixels: Pixels) throws -> [UInt8] {
        try unsafe pixels.values.withUnsafeBytes { bytes in
            try unsafe png(
                bytes, width: pixels.width, height: pixels.height,
                format: UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_BGR | PNG_FORMAT_FLAG_ALPHA))
        }
    }

    /// One byte a pixel.
    static func grayPNG(_ bytes: [UInt8], width: Int, height: Int) throws -> [UInt8] {
        try unsafe bytes.withUnsafeBytes { bytes in try unsafe png(bytes, width: width, height: height, format: 0) }
    }

    private static func png(_ bytes: UnsafeRawBufferPointer, width: Int, height: Int, format: UInt32) throws -> [UInt8] {
        var image = unsafe png_image()
        unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
        unsafe image.width = png_uint_32(width)
        unsafe image.height = png_uint_32(height)
        unsafe image.format = format
        defer { unsafe png_image_free(&image) }
        // More than it can take: what doesn't compress is stored.
        var length = bytes.count + bytes.count / 100 + height + 1_000
        var file = [UInt8](repeating: 0, count: length)
        #expect(unsafe png_image_write_to_memory(&image, &file, &length, 0, bytes.baseAddress, 0, nil) != 0)
        return Array(file.prefix(length))
    }

    static func losslessWebP(_ pixels: Pixels) -> [UInt8] {
        var memory: UnsafeMutablePointer<UInt8>?
        defer { unsafe WebPFree(memory) }
        let length = unsafe pixels.values.withUnsafeBytes { bytes in
            unsafe WebPEncodeLosslessBGRA(
                bytes.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(pixels.width), Int32(pixels.height), Int32(pixels.width) * 4,
                &memory)
        }
        return unsafe Array(UnsafeBufferPointer(start: memory, count: length))
    }

    /// Exif data that say nothing but the orientation and a place.
    static func exif(orientation: Int, isBig: Bool) -> [UInt8] {
        func number(_ value: Int, _ length: Int) -> [UInt8] {
            let big = (0..<length).reversed().map { UInt8(value >> ($0 * 8) & 0xFF) }
            return isBig ? big : big.reversed()
        }
        var data = Array((isBig ? "MM" : "II").utf8) + number(42, 2) + number(8, 4) + number(2, 2)
        data += number(271, 2) + number(2, 2) + number(4, 4) + Array("GPS!".utf8)
        data += number(274, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
        return data + number(0, 4)
    }

    /// A JPEG with another segment behind its first mark.
    static func adding(_ segment: [UInt8], marker: UInt8, toJPEG file: [UInt8]) -> [UInt8] {
        let length = segment.count + 2
        return Array(file.prefix(2)) + [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + segment + Array(file.dropFirst(2))
    }

    /// A PNG with another chunk behind its header.
    static func adding(_ name: String, _ data: [UInt8], toPNG file: [UInt8]) -> [UInt8] {
        Array(file.prefix(33)) + pngChunk(name, data) + Array(file.dropFirst(33))
    }

    static func pngChunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + data
        var check: UInt32 = 0xFFFF_FFFF
        for byte in named {
            check ^= UInt32(byte)
            for _ in 0..<8 { check = check >> 1 ^ (check & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return big32(data.count) + named + big32(Int(~check))
    }

    /// A PNG with each chunk's checksum made anew, as far as its lengths lead.
    static func withTrueChecksums(_ file: [UInt8]) -> [UInt8] {
        var (mended, offset) = (Array(file.prefix(8)), 8)
        while offset + 12 <= file.count {
            let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            guard offset + 12 + length <= file.count else { break }
            let name = String(decoding: file[offset + 4..<offset + 8], as: UTF8.self)
            mended +=
                name.utf8.count == 4
                ? pngChunk(name, Array(file[offset + 8..<offset + 8 + length])) : Array(file[offset..<offset + 12 + length])
            offset += 12 + length
        }
        return mended + file.dropFirst(offset)
    }

    static func big32(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) } }

    /// A WebP file of the chunks of another, with a header that says what is among them, and others behind.
    static func extended(_ file: [UInt8], flags: UInt8, width: Int, height: Int, _ others: [(String, [UInt8])] = []) -> [UInt8] {
        let header = [flags, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3)
        let chunks = chunk("VP8X", header) + file.dropFirst(12) + others.flatMap { chunk($0.0, $0.1) }
        return Array("RIFF".utf8) + little(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array(name.utf8) + little(data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
    }

    static func little(_ value: Int, _ length: Int) -> [UInt8] { (0..<length).map { UInt8(value >> ($0 * 8) & 0xFF) } }
}
