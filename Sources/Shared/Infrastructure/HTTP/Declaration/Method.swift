package import HTTPTypes

/// The methods that an endpoint can have. Where GET is answered, HEAD is answered too, without a declaration of its own.
package enum Method: String, CaseIterable, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// The method of a request line; HEAD counts as GET. `nil` for one that no endpoint can have.
    package init?(_ method: HTTPRequest.Method) {
        switch method {
        case .get, .head: self = .get
        case .post: self = .post
        case .put: self = .put
        case .patch: self = .patch
        case .delete: self = .delete
        default: return nil
        }
    }
}
