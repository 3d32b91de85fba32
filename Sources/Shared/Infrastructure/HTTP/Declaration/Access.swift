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
