import Foundation

/// The character sets in which the gateway writes. All of them have ASCII's bytes for ASCII, and none of `&` and `=` inside of another character.
package enum AlipayCharset: Hashable, Sendable {
    case utf8
    /// GB 18030, of which GBK and GB 2312 are parts.
    case gb18030

    /// - Parameter name: as the gateway writes it. `nil` for any other.
    package init?(name: String) {
        switch name.lowercased() {
        case "utf-8", "utf8": self = .utf8
        case "gbk", "gb2312", "gb18030": self = .gb18030
        default: return nil
        }
    }

    /// CoreFoundation's number of GB 18030, with the bit that says that it is one of CoreFoundation's.
    private static let gb18030Encoding = String.Encoding(rawValue: 0x8000_0632)

    /// The text of bytes; `nil` where they are none.
    package func text(_ bytes: [UInt8]) -> String? {
        switch self {
        case .utf8: String(validating: bytes, as: UTF8.self)
        case .gb18030: String(bytes: bytes, encoding: Self.gb18030Encoding)
        }
    }

    /// The bytes of a text; `nil` where it has characters that the set has not.
    package func bytes(_ text: String) -> [UInt8]? {
        switch self {
        case .utf8: Array(text.utf8)
        case .gb18030: text.data(using: Self.gb18030Encoding).map { Array($0) }
        }
    }
}
