/// The kinds of picture files that are read.
package enum PictureFormat: String, Hashable, Sendable, CaseIterable {
    case jpeg
    case png
    case webp

    /// `image/jpeg`
    package var mediaType: String { "image/\(rawValue)" }
}

/// Why bytes are no picture to be shown.
package enum PictureFault: Error, Hashable, Sendable {
    /// Their content is none of the formats that are read.
    case unknownFormat
    /// They are of another format than they were said to be.
    case mislabelled(PictureFormat)
    /// They break the rules of their format, or end too early.
    case broken
    /// There are several pictures, shown one after the other.
    case animated
    /// A side is too long, or there are too many pixels or passes over them.
    case tooLarge
    /// The system has no memory left for it.
    case outOfMemory
}

/// How much a picture may ask for, whatever its bytes are.
package enum PictureLimits {
    /// 5 MB.
    package static let bytes = 5_000_000
    /// 40 megapixels.
    package static let pixels = 40_000_000
    /// The longest side, which is also what WebP can hold.
    package static let side = 16_383
    /// How often a JPEG may go over its pixels. Each pass costs the time of all of them, however few bytes it has. Cameras and programs write
    /// ten.
    package static let scans = 24
    /// 400 kB, which a rendition has at most unless the least quality doesn't do.
    package static let renditionBytes = 400_000
}

/// A picture as it is shown: its pixels alone, encoded anew, in several widths.
package struct PreparedPicture: Hashable, Sendable {
    /// What the bytes were.
    package let format: PictureFormat
    /// The width of the original as it is looked at, in pixels.
    package let width: Int
    /// Its height.
    package let height: Int
    /// From the narrowest to the widest. There is at least one.
    package let renditions: [Rendition]

    /// The picture in one size, as WebP.
    package struct Rendition: Hashable, Sendable {
        package let width: Int
        package let height: Int
        package let bytes: [UInt8]

        package init(width: Int, height: Int, bytes: [UInt8]) {
            self.width = width
            self.height = height
            self.bytes = bytes
        }
    }
}
