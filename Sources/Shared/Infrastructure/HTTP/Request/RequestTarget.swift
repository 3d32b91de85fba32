import HTTPTypes
import Hummingbird

/// The path and query of a request, both still percent-encoded.
struct RequestTarget: Sendable {
    /// Path and query as they came.
    let text: String
    let path: Substring
    /// The query without its question mark; empty when there is none.
    let query: Substring

    init(_ request: Request) {
        let target = request.head.path ?? "/"
        // The absolute form of RFC 9112 §3.2.2 carries scheme and host before the path.
        let origin = target.utf8.first == UInt8(ascii: "/") ? target : String(Self.afterAuthority(target))
        text = origin
        guard let mark = origin.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = origin[...]
            query = ""
            return
        }
        path = origin[..<mark]
        query = origin[origin.utf8.index(after: mark)...]
    }

    private static func afterAuthority(_ target: String) -> Substring {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        return target[...]
    }
}
