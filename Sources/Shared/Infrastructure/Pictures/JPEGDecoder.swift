import CTurboJPEG

// Everything that touches libjpeg-turbo's pointers, and nothing else: the compiler cannot check memory in this file by itself.

/// Decodes JPEG by the library's interface TurboJPEG, which reports errors as values; the older one jumps out of the C functions.
enum JPEGDecoder {
    /// The pixels of a picture, smaller than they are stored where the wanted size allows: then the library computes fewer of them.
    ///
    /// - Parameter size: what the picture will be made smaller to; at most what is stored.
    /// - Throws: ``PictureFault``: `broken`, also for faults that the library would only warn of, since a file that ends too early is one of
    ///   them; `outOfMemory`.
    static func pixels(of header: PictureHeader, atLeast size: PixelSize) throws(PictureFault) -> Pixels {
        guard let decoder = unsafe tjInitDecompress() else { throw .outOfMemory }
        defer { unsafe _ = tjDestroy(decoder) }
        var (width, height, subsampling, colors): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let readHeader = unsafe header.content.withUnsafeBufferPointer { bytes in
            unsafe tjDecompressHeader3(decoder, bytes.baseAddress, UInt(bytes.count), &width, &height, &subsampling, &colors)
        }
        // The buffer below has the size that was bounded.
        guard readHeader == 0, PixelSize(width: Int(width), height: Int(height)) == header.size else { throw .broken }
        let isInk = colors == Int32(TJCS_CMYK.rawValue) || colors == Int32(TJCS_YCCK.rawValue)
        // Eighths, rounded up, as the library has them.
        let scaled = (1...7).lazy.map { header.size.eighths($0) }.first { $0.covers(size) } ?? header.size
        let (wide, high) = (scaled.width, scaled.height)
        var status: Int32 = -1
        let values = unsafe [UInt32](unsafeUninitializedCapacity: wide * high) { buffer, count in
            status = unsafe header.content.withUnsafeBufferPointer { bytes in
                unsafe tjDecompress2(
                    decoder, bytes.baseAddress, UInt(bytes.count),
                    UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: UInt8.self),
                    Int32(wide), Int32(wide) * 4, Int32(high), isInk ? Int32(TJPF_CMYK.rawValue) : Int32(TJPF_BGRA.rawValue),
                    TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
            }
            // What wasn't decoded was never written.
            count = status == 0 ? wide * high : 0
        }
        guard status == 0 else { throw .broken }
        return Pixels(width: wide, height: high, values: isInk ? values.map(color(ofInk:)) : values)
    }

    /// The color of cyan, magenta, yellow and black, from the lowest byte up. All programs that write such files store them inverted, as
    /// Adobe's do: 255 is no ink. Which ink it was is in a profile that isn't read, so the color is near to what was meant, not the same.
    private static func color(ofInk ink: UInt32) -> UInt32 {
        let black = ink >> 24
        func part(_ shift: UInt32) -> UInt32 { (ink >> shift & 0xFF) * black / 255 }
        return 0xFF00_0000 | part(0) << 16 | part(8) << 8 | part(16)
    }
}
