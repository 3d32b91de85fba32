import Foundation
package import HTTP
package import Shared

extension Problem {
    /// A refusal as it is answered. Endpoints declare by it what they may refuse, too.
    package init(_ refusal: Refusal) {
        switch refusal.kind {
        case .malformed: self.init(status: 400, refusal.code, refusal.detail)
        case .unauthenticated: self.init(status: 401, refusal.code, refusal.detail)
        case .forbidden: self.init(status: 403, refusal.code, refusal.detail)
        case .notFound: self.init(status: 404, refusal.code, refusal.detail)
        case .conflict: self.init(status: 409, refusal.code, refusal.detail)
        case .conflictForNow(let retryAfter):
            self.init(status: 409, refusal.code, refusal.detail, retryAfter: retryAfter)
            self = with("retry_after", .integer(Int64(retryAfter)))
        case .stale: self.init(status: 412, refusal.code, refusal.detail)
        case .invalid(let pointer):
            // The empty pointer is the request as a whole: then no field is named.
            let errors = pointer.isEmpty ? [] : [FieldIssue(pointer, refusal.code, refusal.detail)]
            self.init(status: 422, refusal.code, refusal.detail, errors: errors)
        case .tooOften(let retryAfter): self.init(status: 429, refusal.code, refusal.detail, retryAfter: retryAfter)
        case .unavailable(let retryAfter): self.init(status: 503, refusal.code, refusal.detail, retryAfter: retryAfter)
        }
        if let seatIDs = refusal.seatIDs { self = with("seat_ids", seatIDs) }
        if let orderID = refusal.orderID { self = with("order_id", .string(orderID.uuidString.lowercased())) }
        if let reason = refusal.reason { self = with("reason", .string(reason)) }
        if let limit = refusal.limit { self = with("limit", .integer(Int64(limit))) }
    }

    /// The same with the challenge to be solved.
    init(_ required: ChallengeRequired) {
        self = Problem(required.refusal).with("challenge", required.challenge.json)
    }
}

extension HoldChallenge {
    fileprivate var json: JSONValue {
        .object([
            JSONMember(name: "id", value: .string(id)),
            JSONMember(name: "algorithm", value: .string(Self.algorithm)),
            JSONMember(name: "nonce", value: .string(nonce)),
            JSONMember(name: "salt", value: .string(salt)),
            JSONMember(name: "cost", value: .integer(Int64(cost))),
            JSONMember(name: "key_prefix", value: .string(Self.keyPrefix)),
            JSONMember(name: "expires_at", value: .string(Timestamp(expiresAt).text)),
        ])
    }
}
