/// How a picture's stored pixels are turned to be looked at, by the numbers of Exif (CIPA DC-008, tag 274).
enum Orientation: Int, CaseIterable {
    case upright = 1
    case mirrored
    case upsideDown
    case flipped
    case transposed
    case turnedRight
    case transversed
    case turnedLeft

    /// Whether rows become columns.
    var swapsSides: Bool { rawValue >= 5 }

    /// Reads the orientation out of Exif data, which have the form of a TIFF file.
    ///
    /// - Returns: `nil` when they don't say one.
    init?(tiff bytes: [UInt8]) {
        let reader = ByteReader(bytes: bytes)
        let order: ByteReader.Order
        if reader.has("II", at: 0) {
            order = .little
        } else if reader.has("MM", at: 0) {
            order = .big
        } else {
            return nil
        }
        guard
            reader.number(at: 2, length: 2, order) == 42, let directory = reader.number(at: 4, length: 4, order),
            let count = reader.number(at: directory, length: 2, order)
        else { return nil }
        // Tag, type (3 is a short), number of values, value. What they count isn't believed: a file may have many such directories.
        for offset in stride(from: directory + 2, to: directory + 2 + count * 12, by: 12) {
            guard let tag = reader.number(at: offset, length: 2, order) else { return nil }
            guard tag == 274, reader.number(at: offset + 2, length: 2, order) == 3 else { continue }
            guard let value = reader.number(at: offset + 8, length: 2, order) else { return nil }
            self.init(rawValue: value)
            return
        }
        return nil
    }
}

extension Pixels {
    /// The pixels as they are looked at.
    func turned(_ orientation: Orientation) -> Pixels {
        guard orientation != .upright else { return self }
        let (right, bottom) = (width - 1, (height - 1) * width)
        // The place of the first pixel among the stored ones, and how far the next one to its right and the next one below it are.
        let (start, step, line) =
            switch orientation {
            case .upright: (0, 1, width)
            case .mirrored: (right, -1, width)
            case .upsideDown: (right + bottom, -1, 0 - width)
            case .flipped: (bottom, 1, 0 - width)
            case .transposed: (0, width, 1)
            case .turnedRight: (bottom, 0 - width, 1)
            case .transversed: (right + bottom, 0 - width, -1)
            case .turnedLeft: (right, width, -1)
            }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        var turned: [UInt32] = []
        turned.reserveCapacity(values.count)
        for row in 0..<newHeight {
            var place = start + row * line
            for _ in 0..<newWidth {
                turned.append(values[place])
                place += step
            }
        }
        return Pixels(width: newWidth, height: newHeight, values: turned)
    }
}
