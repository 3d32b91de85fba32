package import Foundation

/// The reason why a request that was understood is refused, with a code on which clients may rely.
///
/// Features throw it, and services answer it as a problem. Each feature declares its refusals beside the rules that lead to them.
package struct Refusal: Error, Hashable, Sendable {
    /// The kind of refusal, from which the status of the answer follows.
    package enum Kind: Hashable, Sendable {
        /// A parameter has no meaning: 400.
        case malformed
        /// The caller has not signed in, or the proof of who it is has no value: 401.
        case unauthenticated
        /// The caller may not do this: 403.
        case forbidden
        /// The thing in the path is not there, or not the caller's: 404.
        case notFound
        /// The request doesn't fit the present state: 409.
        case conflict
        /// The request doesn't fit the present state, and that will pass: 409, with the seconds after which to try again.
        case conflictForNow(retryAfter: Int)
        /// The caller's copy is stale: 412.
        case stale
        /// A field of the body has no valid value, named by its JSON pointer (RFC 6901): 422.
        case invalid(pointer: String)
        /// The caller asks too often: 429, with the seconds after which to try again.
        case tooOften(retryAfter: Int)
        /// The service can't do it now: 503, with the seconds after which to try again.
        case unavailable(retryAfter: Int)
    }

    package let kind: Kind
    /// A stable snake_case word. What it says to a person stands in the services' texts, in each language.
    package let code: String
    /// Further facts about the refusal, sorted by name.
    package private(set) var members: [Member] = []

    /// A further fact about a refusal, such as the limit that was reached.
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

    /// The value of the member with this name.
    package subscript(_ name: String) -> Member.Value? { members.first { $0.name == name }?.value }

    /// The same refusal with another member. It replaces one of the same name.
    package func with(_ name: String, _ value: Member.Value) -> Refusal {
        var refusal = self
        refusal.members.removeAll { $0.name == name }
        refusal.members.append(Member(name: name, value: value))
        // Sorted, so that refusals with the same members are equal.
        refusal.members.sort { $0.name < $1.name }
        return refusal
    }

    /// The same refusal with its reason, a stable snake_case word, where a code has several reasons: the text may follow it.
    package func because(_ reason: String) -> Refusal {
        with("reason", .text(reason))
    }

    /// The same refusal with the limit that was reached.
    package func about(limit: Int) -> Refusal {
        with("limit", .number(Int64(limit)))
    }
}

extension Refusal {
    /// The thing in the path doesn't exist or isn't the caller's. The answer doesn't say which of the two.
    package static let notFound = Refusal(.notFound, "not_found")

    /// Nobody has signed in, or the token is not one that still counts here.
    package static let unauthenticated = Refusal(.unauthenticated, "unauthenticated")

    /// The account's own permission lacks what the action needs, as a blacklisted account's does.
    package static let accountRestricted = Refusal(.forbidden, "account_restricted")

    /// ``accountRestricted`` with what the account lacks: an action, and the resource that it would act on.
    package static func lacking(_ needed: Permission, of resource: String) -> Refusal {
        accountRestricted.with("action", .text(needed.words.joined(separator: " and "))).with("resource", .text(resource))
    }

    /// Too much is asked for at once: sign-ins, look-ups, bookings, connections, locks.
    package static let busy = Refusal(.unavailable(retryAfter: 1), "busy")

    /// The resource has changed since the caller read it.
    package static let stale = Refusal(.stale, "stale")
}
