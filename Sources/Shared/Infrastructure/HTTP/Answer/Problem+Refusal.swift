package import Callers
import Text

extension Problem {
    /// The answer for a refusal.
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
            // The empty pointer stands for the whole request, so no field is named.
            let errors = pointer.isEmpty ? [] : [FieldIssue(pointer, refusal.code, refusal.detail)]
            self.init(status: 422, refusal.code, refusal.detail, errors: errors)
        case .tooOften(let retryAfter): self.init(status: 429, refusal.code, refusal.detail, retryAfter: retryAfter)
        case .unavailable(let retryAfter): self.init(status: 503, refusal.code, refusal.detail, retryAfter: retryAfter)
        }
        for member in refusal.members {
            switch member.value {
            case .number(let number): self = with(member.name, .integer(number))
            case .numbers(let numbers): self = with(member.name, numbers)
            case .text(let text): self = with(member.name, .string(text))
            }
        }
    }
}
