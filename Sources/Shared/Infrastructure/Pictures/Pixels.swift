/// A picture in memory.
package struct Pixels: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// One row after the other, each pixel as `0xAARRGGBB`, in sRGB. An alpha of 255 covers.
    package internal(set) var values: [UInt32]

    package var size: PixelSize { PixelSize(width: width, height: height) }

    /// - Parameter values: as many as width times height.
    package init(width: Int, height: Int, values: [UInt32]) {
        self.width = width
        self.height = height
        self.values = values
    }
}

/// Width and height in pixels.
package struct PixelSize: Hashable, Sendable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Lying on its side.
    var swapped: PixelSize { PixelSize(width: height, height: width) }

    /// The size that a picture gets when it may be so wide, and twice as high: its own if it fits.
    func fitting(width limit: Int) -> PixelSize {
        let (wide, high) = (limit, 2 * limit)
        if width <= wide, height <= high { return self }
        if width * high >= height * wide {
            return PixelSize(width: wide, height: max(1, (height * wide + width / 2) / width))
        }
        return PixelSize(width: max(1, (width * high + height / 2) / height), height: high)
    }

    /// So many eighths of it, rounded up.
    func eighths(_ count: Int) -> PixelSize {
        PixelSize(width: (width * count + 7) / 8, height: (height * count + 7) / 8)
    }

    func covers(_ other: PixelSize) -> Bool { width >= other.width && height >= other.height }
}
