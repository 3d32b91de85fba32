/// What a picture file says of itself before anything is decoded.
struct PictureHeader {
    /// In pixels, as they are stored.
    let size: PixelSize
    let orientation: Orientation
    /// What the decoder gets: never more than the file, and nothing of it that it doesn't need.
    let content: [UInt8]

    /// - Throws: ``PictureFault``: `broken`, `animated`, `tooLarge`.
    init(of bytes: [UInt8], as format: PictureFormat) throws(PictureFault) {
        guard bytes.count <= PictureLimits.bytes else { throw .tooLarge }
        switch format {
        case .jpeg: self = try JPEGFile.header(of: bytes)
        case .png: self = try PNGFile.header(of: bytes)
        case .webp: self = try WebPFile.header(of: bytes)
        }
    }

    /// The size in which it is looked at.
    var seen: PixelSize { orientation.swapsSides ? size.swapped : size }

    /// - Throws: ``PictureFault``: `broken` for a picture without pixels, `tooLarge`.
    init(width: Int, height: Int, orientation: Orientation, content: [UInt8]) throws(PictureFault) {
        guard width > 0, height > 0 else { throw .broken }
        // Neither side has more than 32 bits, so their product fits.
        guard width <= PictureLimits.side, height <= PictureLimits.side, width * height <= PictureLimits.pixels else { throw .tooLarge }
        size = PixelSize(width: width, height: height)
        self.orientation = orientation
        self.content = content
    }
}

extension PictureFormat {
    /// The format by the first bytes of the content, whatever its name or sender say.
    init?(of bytes: [UInt8]) {
        let reader = ByteReader(bytes: bytes)
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if reader.has("RIFF", at: 0), reader.has("WEBP", at: 8) {
            self = .webp
        } else {
            return nil
        }
    }
}
