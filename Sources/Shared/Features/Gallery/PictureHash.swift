import Crypto
import Text

/// The SHA-256 of a picture's bytes as they were uploaded: its name for ever.
package struct PictureHash: Hashable, Sendable {
    /// 32 of them.
    let bytes: [UInt8]

    package init(of content: [UInt8]) {
        bytes = Array(SHA256.hash(data: content))
    }

    /// - Returns: `nil` for text that isn't 64 hexadecimal digits in lower case.
    package init?(_ text: String) {
        guard text.utf8.count == 64 else { return nil }
        let values = text.utf8.compactMap { Hexadecimal.value(of: $0) }
        guard values.count == 64 else { return nil }
        bytes = stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0.advanced(by: 1)] }
        guard bytes.hexadecimal == text else { return nil }
    }

    /// - Parameter bytes: 32 of them, as the table says.
    init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// 64 hexadecimal digits in lower case.
    package var text: String { bytes.hexadecimal }
}

/// A picture where it is shown.
package struct ShownPicture: Hashable, Sendable {
    package let hash: PictureHash
    /// Of the original, in pixels.
    package let width: Int
    package let height: Int
}
