package import Callers

/// Who may call an endpoint.
package enum Access: Hashable, Sendable {
    /// Anybody; no token is looked at.
    case open
    /// Anybody who is signed in.
    case signedIn
    /// An account that may do this to the resource.
    case permission(Resource, Permission)
}

extension Permission {
    /// The words for it in documents, such as `read`.
    var words: String {
        let words: [(Permission, String)] = [(.read, "read"), (.write, "write"), (.modify, "modify"), (.delete, "delete")]
        return words.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
    }
}
