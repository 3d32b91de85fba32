import Foundation

/// A key as people keep it: PEM, or the bare base64 that Alipay's console shows.
struct AlipayKeyText {
    /// PEM as it is, or the decoded bytes of bare base64.
    enum Content {
        case pem(String)
        case der(Data)
    }

    let content: Content

    /// `nil` when it is neither.
    init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if trimmed.hasPrefix("-----BEGIN ") {
            content = .pem(trimmed)
        } else if let bytes = Data(base64Encoded: trimmed.filter { !$0.isWhitespace }), !bytes.isEmpty {
            content = .der(bytes)
        } else {
            return nil
        }
    }
}
