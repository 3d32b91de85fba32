/// The chunks of a PNG file (W3C, PNG third edition, §5).
enum PNGFile {
    /// What pixels are made of. All else stays away from the decoder: texts and profiles, which unpack to any size, among it.
    private static let pixelChunks: Set<String> = ["IHDR", "PLTE", "tRNS", "gAMA", "sRGB", "IDAT", "IEND"]

    /// - Throws: ``PictureFault``
    static func header(of bytes: [UInt8]) throws(PictureFault) -> PictureHeader {
        let reader = ByteReader(bytes: bytes)
        guard
            reader.number(at: 8, length: 4, .big) == 13, reader.has("IHDR", at: 12),
            let width = reader.number(at: 16, length: 4, .big), let height = reader.number(at: 20, length: 4, .big)
        else { throw .broken }
        var content = Array(bytes.prefix(8))
        var orientation: Orientation?
        var offset = 8
        while let length = reader.number(at: offset, length: 4, .big) {
            // The length, the name, the data and a checksum.
            guard
                let chunk = reader.slice(at: offset, length: length + 12), let name = reader.slice(at: offset + 4, length: 4),
                let first = name.first
            else { throw .broken }
            let kind = String(decoding: name, as: UTF8.self)
            if pixelChunks.contains(kind) { content.append(contentsOf: chunk) }
            switch kind {
            case "IEND":
                return try PictureHeader(width: width, height: height, orientation: orientation ?? .upright, content: content)
            case "acTL", "fcTL", "fdAT": throw .animated
            case "eXIf": orientation = orientation ?? Orientation(tiff: Array(chunk.dropFirst(8).dropLast(4)))
            default:
                // A capital says that nothing can be shown without the chunk.
                guard pixelChunks.contains(kind) || first & 0x20 != 0 else { throw .broken }
            }
            offset += chunk.count
        }
        throw .broken
    }
}
