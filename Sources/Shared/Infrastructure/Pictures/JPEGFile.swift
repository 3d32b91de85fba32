/// The segments of a JPEG file (ITU-T T.81, annex B).
enum JPEGFile {
    /// - Throws: ``PictureFault``
    static func header(of bytes: [UInt8]) throws(PictureFault) -> PictureHeader {
        let reader = ByteReader(bytes: bytes)
        var size: (width: Int, height: Int)?
        var orientation: Orientation?
        var scans = 0
        var offset = 2
        while let marker = marker(at: &offset, in: reader) {
            switch marker {
            case 0xD9:
                guard let size, scans > 0, let content = reader.slice(at: 0, length: offset + 2) else { throw .broken }
                return try PictureHeader(
                    width: size.width, height: size.height, orientation: orientation ?? .upright, content: Array(content))
            case 0x00, 0xD8: throw .broken
            case 0x01, 0xD0...0xD7: offset += 2
            default:
                guard
                    let length = reader.number(at: offset + 2, length: 2, .big), length >= 2,
                    let segment = reader.slice(at: offset + 4, length: length - 2)
                else { throw .broken }
                let data = ByteReader(bytes: Array(segment))
                if isFrame(marker) {
                    guard size == nil, let height = data.number(at: 1, length: 2, .big), let width = data.number(at: 3, length: 2, .big)
                    else { throw .broken }
                    size = (width, height)
                } else if marker == 0xE1, orientation == nil, data.has("Exif\0\0", at: 0) {
                    orientation = Orientation(tiff: Array(segment.dropFirst(6)))
                }
                offset += 2 + length
                if marker == 0xDA {
                    scans += 1
                    guard scans <= PictureLimits.scans else { throw .tooLarge }
                    guard let end = endOfScan(from: offset, in: bytes) else { throw .broken }
                    offset = end
                }
            }
        }
        throw .broken
    }

    /// The marker that begins there, after any number of fill bytes, to whose last the offset then points.
    private static func marker(at offset: inout Int, in reader: ByteReader) -> UInt8? {
        guard reader.byte(at: offset) == 0xFF else { return nil }
        while let next = reader.byte(at: offset + 1) {
            guard next == 0xFF else { return next }
            offset += 1
        }
        return nil
    }

    /// Start of frame, of any process; the gaps are tables and an extension.
    private static func isFrame(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
    }

    /// Where the next marker stands that isn't part of a scan, as the marks to begin anew in its middle are.
    private static func endOfScan(from start: Int, in bytes: [UInt8]) -> Int? {
        var offset = start
        while offset < bytes.endIndex, let found = bytes[offset...].firstIndex(of: 0xFF) {
            let after = bytes.index(after: found)
            guard after < bytes.endIndex else { return nil }
            guard bytes[after] == 0 || (0xD0...0xD7).contains(bytes[after]) else { return found }
            offset = bytes.index(after: after)
        }
        return nil
    }
}
