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
    /// A stable snake_case word.
    package let code: String
    /// One sentence for a person.
    package let detail: String
    /// The seats that the refusal is about.
    package private(set) var seatIDs: [Int64]?
    /// The order of the caller's own that stands in its way.
    package private(set) var orderID: UUID?
    /// Why, as a stable snake_case word, where a code has several reasons.
    package private(set) var reason: String?
    /// The most that there may be of what there is too much of.
    package private(set) var limit: Int?

    package init(_ kind: Kind, _ code: String, _ detail: String, seatIDs: [Int64]? = nil) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.seatIDs = seatIDs
    }

    /// The same refusal about these seats, in ascending order.
    package func about(seats: some Sequence<Int64>) -> Refusal {
        var refusal = self
        refusal.seatIDs = seats.sorted()
        return refusal
    }

    /// The same refusal about this order of the caller's.
    package func about(order id: UUID) -> Refusal {
        var refusal = self
        refusal.orderID = id
        return refusal
    }

    /// The same refusal with its reason.
    package func because(_ reason: String) -> Refusal {
        var refusal = self
        refusal.reason = reason
        return refusal
    }

    /// The same refusal with the limit that it holds to.
    package func about(limit: Int) -> Refusal {
        var refusal = self
        refusal.limit = limit
        return refusal
    }
}

extension Refusal {
    /// The thing in the path is not there or not the caller's; which of the two is not told.
    package static let notFound = Refusal(.notFound, "not_found", "There is nothing here that you may see.")

    /// The resource has changed since the caller read it.
    package static let stale = Refusal(.stale, "stale", "The resource has changed since you read it.")
}
