package import Foundation

/// A request that was understood and is refused: what was wrong, under a code that clients may rely on.
///
/// Features throw it; the services answer it as a problem. Each feature declares its own refusals beside the rules that lead to them.
package struct Refusal: Error, Hashable, Sendable {
    /// The kind of refusal, from which the status of the answer follows.
    package enum Kind: Hashable, Sendable {
        /// A parameter has no meaning: 400.
        case malformed
        /// The caller is not who it says, or nobody: 401.
        case unauthenticated
        /// The caller may not do this: 403.
        case forbidden
        /// The thing in the path is not there, or not the caller's: 404.
        case notFound
        /// It doesn't fit the present state: 409.
        case conflict
        /// It doesn't fit the present state, which will pass: 409, with the seconds after which to try again.
        case conflictForNow(retryAfter: Int)
        /// The caller's copy is stale: 412.
        case stale
        /// A field of the body has no valid value, named by its JSON pointer (RFC 6901): 422.
        case invalid(pointer: String)
        /// Too often: 429, with the seconds after which to try again.
        case tooOften(retryAfter: Int)
        /// We can't now: 503, with the seconds after which to try again.
        case unavailable(retryAfter: Int)
    }

    package let kind: Kind
    /// A stable snake_case word. What it says to a person stands in the services' texts, in each language.
    package let code: String
    /// What else is told, by name, in the order of the names.
    package private(set) var members: [Member] = []

    /// Something else that is told, such as the limit that was reached.
    package struct Member: Hashable, Sendable {
        package enum Value: Hashable, Sendable {
            case number(Int64)
            case numbers([Int64])
            case text(String)
            case texts([String])
            case moment(Date)
        }

        /// A stable snake_case word.
        package let name: String
        package let value: Value
    }

    package init(_ kind: Kind, _ code: String) {
        self.kind = kind
        self.code = code
    }

    /// What is told under a name.
    package subscript(_ name: String) -> Member.Value? { members.first { $0.name == name }?.value }

    /// The same refusal with one more thing told, or another one under the same name.
    package func with(_ name: String, _ value: Member.Value) -> Refusal {
        var refusal = self
        refusal.members.removeAll { $0.name == name }
        refusal.members.append(Member(name: name, value: value))
        // Two refusals that tell the same are the same.
        refusal.members.sort { $0.name < $1.name }
        return refusal
    }

    /// The same refusal with its reason, a stable snake_case word, where a code has several reasons: the text may follow it.
    package func because(_ reason: String) -> Refusal {
        with("reason", .text(reason))
    }

    /// The same refusal with the most that there may be of what there is too much of.
    package func about(limit: Int) -> Refusal {
        with("limit", .number(Int64(limit)))
    }
}

extension Refusal {
    /// The thing in the path is not there or not the caller's; which of the two is not told.
    package static let notFound = Refusal(.notFound, "not_found")

    /// The resource has changed since the caller read it.
    package static let stale = Refusal(.stale, "stale")
}
