package import Callers
import Text

/// The page to which a gateway sends a buyer's browser back. That it comes back proves nothing.
package struct ReturnURL: Hashable, Sendable {
    package let text: String

    /// The most that gateways take, in bytes.
    package static let limit = 256

    /// - Parameter origins: those of pages that it may be, each as `https://www.example.com`.
    /// - Throws: ``Refusal/returnURLNotAllowed`` for pages of other origins, and for what different readers may read in different ways. So
    ///   nothing but letters, digits, `-._~%` and `/` may follow the origin; gateways add a query of their own.
    package init(_ text: String, allowed origins: Set<String>) throws(Refusal) {
        guard text.utf8.count <= Self.limit, let scheme = text.firstRange(of: "://") else { throw .returnURLNotAllowed }
        let path = text[scheme.upperBound...].firstIndex(of: "/") ?? text.endIndex
        guard origins.contains(String(text[..<path])), text[path...].utf8.allSatisfy(Self.isOfPath) else { throw .returnURLNotAllowed }
        self.text = text
    }

    private static func isOfPath(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "-._~%/".utf8.contains(byte)
    }
}

extension Refusal {
    /// The page is none to which buyers may be sent.
    package static let returnURLNotAllowed = Refusal(.invalid(pointer: "/return_url"), "return_url_not_allowed")
}
