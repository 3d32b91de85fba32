/// The chunks of a WebP file (RFC 9649).
enum WebPFile {
    /// - Throws: ``PictureFault``
    static func header(of bytes: [UInt8]) throws(PictureFault) -> PictureHeader {
        guard
            let length = ByteReader(bytes: bytes).number(at: 4, length: 4, .little),
            let file = ByteReader(bytes: bytes).slice(at: 0, length: length + 8)
        else { throw .broken }
        let reader = ByteReader(bytes: Array(file))
        var size: (width: Int, height: Int)?
        var orientation: Orientation?
        var offset = 12
        while let length = reader.number(at: offset + 4, length: 4, .little) {
            guard let data = reader.slice(at: offset + 8, length: length), let name = reader.slice(at: offset, length: 4) else {
                throw .broken
            }
            switch String(decoding: name, as: UTF8.self) {
            case "VP8X": guard (data.first ?? 0) & 0x02 == 0 else { throw .animated }
            case "ANIM", "ANMF": throw .animated
            case "VP8 " where size == nil:
                guard
                    reader.slice(at: offset + 11, length: 3)?.elementsEqual([0x9D, 0x01, 0x2A]) == true,
                    let width = reader.number(at: offset + 14, length: 2, .little),
                    let height = reader.number(at: offset + 16, length: 2, .little)
                else { throw .broken }
                // The two highest bits ask for stretching, which nobody does.
                size = (width & 0x3FFF, height & 0x3FFF)
            case "VP8L" where size == nil:
                guard data.first == 0x2F, let bits = reader.number(at: offset + 9, length: 4, .little) else { throw .broken }
                size = (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
            case "EXIF":
                let tiff = Array(data)
                orientation = orientation ?? Orientation(tiff: tiff.starts(with: "Exif\0\0".utf8) ? Array(tiff.dropFirst(6)) : tiff)
            default: break
            }
            // Chunks begin at even places.
            offset += 8 + length + length & 1
        }
        guard let size else { throw .broken }
        return try PictureHeader(width: size.width, height: size.height, orientation: orientation ?? .upright, content: reader.bytes)
    }
}
