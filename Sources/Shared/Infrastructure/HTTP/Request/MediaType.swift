/// The media types of bodies.
enum MediaType {
    /// Whether a Content-Type header names the type, with no parameter but `charset=utf-8`.
    static func matches(_ header: String?, _ type: String) -> Bool {
        guard let header else { return false }
        if header == type { return true }
        let parts = header.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " && $0 != "\t" }
        }
        guard parts.first == type else { return false }
        return parts.dropFirst().allSatisfy { $0 == "charset=utf-8" || $0 == #"charset="utf-8""# || $0.isEmpty }
    }
}
