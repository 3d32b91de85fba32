/// The token in an Authorization header (RFC 6750 §2.1).
enum BearerToken {
    /// - Returns: `nil` for another scheme or a token that can't be one.
    static func token(fromHeader header: String) -> String? {
        let scheme = "Bearer "
        guard header.utf8.count > scheme.utf8.count, header.prefix(scheme.count).lowercased() == scheme.lowercased() else { return nil }
        let token = header.dropFirst(scheme.count)
        guard token.utf8.count <= 512, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(token)
    }
}
