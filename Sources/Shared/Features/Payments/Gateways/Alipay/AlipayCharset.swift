import Foundation

/// The character sets in which the gateway writes. All of them write ASCII characters as ASCII's bytes, and never use the bytes of `&` and
/// `=` inside of another character.
package enum AlipayCharset: Hashable, Sendable {
    case utf8
    /// GB 18030, of which GBK and GB 2312 are parts.
    case gb18030

    /// - Parameter name: the name that the gateway uses. The result is `nil` for any other name.
    package init?(name: String) {
        switch name.lowercased() {
        case "utf-8", "utf8": self = .utf8
        case "gbk", "gb2312", "gb18030": self = .gb18030
        default: return nil
        }
    }

    /// CoreFoundation's number of GB 18030, with the bit that marks CoreFoundation's numbers.
    private static let gb18030Encoding = String.Encoding(rawValue: 0x8000_0632)

    /// The text of the bytes; `nil` when they are not valid in this set.
    package func text(_ bytes: [UInt8]) -> String? {
        switch self {
        case .utf8: String(validating: bytes, as: UTF8.self)
        case .gb18030: String(bytes: bytes, encoding: Self.gb18030Encoding)
        }
    }

    /// The bytes of a text; `nil` when the set lacks one of its characters.
    package func bytes(_ text: String) -> [UInt8]? {
        switch self {
        case .utf8: Array(text.utf8)
        case .gb18030: text.data(using: Self.gb18030Encoding).map { Array($0) }
        }
    }
}
