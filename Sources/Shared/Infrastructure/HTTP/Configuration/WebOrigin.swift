import Text

/// Where a web page comes from, as browsers name it in the header Origin (RFC 6454 §6.2): scheme and host, and the port where it isn't the
/// scheme's own.
package struct WebOrigin: Hashable, Sendable {
    /// As `https://www.example.com` or `http://localhost:5173`.
    package let text: String

    /// - Returns: `nil` for what no browser sends, and so could never be equal: capitals, a path, a slash at the end, the scheme's own port,
    ///   letters beyond ASCII in place of their Punycode. Also for `null`, which pages of anybody send, and for `*`.
    package init?(_ text: String) {
        guard text.utf8.count <= 300, let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].utf8
        guard let first = scheme.first, Self.isLetter(first), scheme.allSatisfy(Self.isOfScheme) else { return nil }
        let host: Substring
        let port: Substring?
        let authority = text[separator.upperBound...]
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            let colon = authority.firstIndex(of: ":")
            host = authority[..<(colon ?? authority.endIndex)]
            port = colon.map { authority[authority.index(after: $0)...] }
        }
        guard Self.isHost(host), port.map({ Self.isPort($0, of: text[..<separator.lowerBound]) }) ?? true else { return nil }
        self.text = text
    }

    /// Those of a setting, separated by commas; `nil` when one of them is none.
    package static func list(_ text: String) -> [WebOrigin]? {
        let words = text.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map { word in
            String(word.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
        let origins = words.compactMap { WebOrigin($0) }
        return origins.count == words.count ? origins : nil
    }

    /// What is said of a setting that is no such list.
    package static let listFault =
        "is not a list of origins such as https://www.example.com and http://localhost:5173, separated by commas: scheme and host in "
        + "lower case, the port where it isn't the scheme's own, nothing behind, and neither * nor null"

    private static func isHost(_ host: Substring) -> Bool {
        if host.first == "[" {
            let address = host.dropFirst().dropLast().utf8
            return address.contains(UInt8(ascii: ":"))
                && address.allSatisfy { $0.isDecimalDigit || (97...102).contains($0) || $0 == 46 || $0 == 58 }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return !host.isEmpty
            && labels.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { isLetter($0) || $0.isDecimalDigit || $0 == 45 || $0 == 95 } }
    }

    private static func isPort(_ port: Substring, of scheme: Substring) -> Bool {
        guard let number = UInt16(port), number > 0, String(number) == port else { return false }
        switch scheme {
        case "http": return number != 80
        case "https": return number != 443
        default: return true
        }
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte.isDecimalDigit || "+-.".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
