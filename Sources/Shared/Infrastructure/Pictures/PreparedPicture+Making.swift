extension PreparedPicture {
    /// The widths in pixels that a picture is shown in, unless it is narrower; none is higher than twice its width.
    package static let widths = [320, 640, widest]

    /// Decodes a picture and encodes it anew, on the calling thread. Nothing remains of the file but what is seen.
    ///
    /// The limits of ``PictureLimits`` are compared with what the file says, before anything is decoded, and the decoders get no more room
    /// than that. An honest picture takes 350 MB and some seconds at most; docs/decisions/0013 has the measurements, and what a hostile one
    /// may take.
    ///
    /// - Parameter declared: what the sender says that it is.
    /// - Throws: ``PictureFault``
    package init(of bytes: [UInt8], declaredAs declared: PictureFormat) throws(PictureFault) {
        guard let format = PictureFormat(of: bytes) else { throw .unknownFormat }
        guard format == declared else { throw .mislabelled(format) }
        let header = try PictureHeader(of: bytes, as: format)
        let pixels = try Self.widest(of: header, as: format).turned(header.orientation)
        try self.init(format: format, size: header.seen, widest: pixels)
    }

    /// A picture that is drawn here.
    ///
    /// - Throws: ``PictureFault``: `outOfMemory`, `tooLarge`.
    package init(drawn pixels: Pixels) throws(PictureFault) {
        let header = try PictureHeader(width: pixels.width, height: pixels.height, orientation: .upright, content: [])
        try self.init(format: .webp, size: header.size, widest: try WebPCodec.resized(pixels, to: header.size.fitting(width: Self.widest)))
    }

    private static let widest = 1_280

    private init(format: PictureFormat, size: PixelSize, widest: Pixels) throws(PictureFault) {
        self.format = format
        (width, height) = (size.width, size.height)
        var renditions: [Rendition] = []
        var pixels = widest
        for width in Self.widths.reversed() {
            let fitting = size.fitting(width: width)
            // By their widths they are asked for: a picture just higher than twice its width would lose a row of pixels and no column.
            guard renditions.isEmpty || fitting.width < pixels.width else { continue }
            pixels = try WebPCodec.resized(pixels, to: fitting)
            renditions.append(Rendition(width: fitting.width, height: fitting.height, bytes: try WebPCodec.encoded(pixels)))
        }
        self.renditions = renditions.reversed()
    }

    /// The pixels as they are stored, in the size of the widest rendition.
    private static func widest(of header: PictureHeader, as format: PictureFormat) throws(PictureFault) -> Pixels {
        let seen = header.seen.fitting(width: widest)
        let size = header.orientation.swapsSides ? seen.swapped : seen
        switch format {
        case .jpeg: return try WebPCodec.resized(try JPEGDecoder.pixels(of: header, atLeast: size), to: size)
        case .png: return try WebPCodec.resized(try PNGDecoder.pixels(of: header), to: size)
        case .webp: return try WebPCodec.pixels(of: header, size: size)
        }
    }
}
