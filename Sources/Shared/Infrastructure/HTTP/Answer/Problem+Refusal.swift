package import Callers
import Text

extension Problem {
    /// The answer for a refusal.
    package init(_ refusal: Refusal) {
        switch refusal.kind {
        case .malformed: self.init(status: 400, refusal.code)
        case .unauthenticated: self.init(status: 401, refusal.code)
        case .forbidden: self.init(status: 403, refusal.code)
        case .notFound: self.init(status: 404, refusal.code)
        case .conflict: self.init(status: 409, refusal.code)
        case .conflictForNow(let retryAfter):
            self.init(status: 409, refusal.code, retryAfter: retryAfter)
            self = with("retry_after", .integer(Int64(retryAfter)))
        case .stale: self.init(status: 412, refusal.code)
        case .invalid(let pointer):
            // The empty pointer stands for the whole request, so no field is named.
            let errors = pointer.isEmpty ? [] : [FieldIssue(pointer, ValueFault(refusal))]
            self.init(status: 422, refusal.code, errors: errors)
        case .tooOften(let retryAfter):
            self.init(status: 429, refusal.code, retryAfter: retryAfter)
            self = with("retry_after", .integer(Int64(retryAfter)))
        case .unavailable(let retryAfter): self.init(status: 503, refusal.code, retryAfter: retryAfter)
        }
        members = (members + refusal.members.map { JSONMember($0) }).sorted { $0.name < $1.name }
    }
}

extension JSONMember {
    /// What a refusal tells, as it is answered.
    init(_ member: Refusal.Member) {
        let value: JSONValue =
            switch member.value {
            case .number(let number): .integer(number)
            case .numbers(let numbers): .array(numbers.map { .integer($0) })
            case .text(let text): .string(text)
            case .texts(let texts): .array(texts.map { .string($0) })
            case .moment(let date): .string(Timestamp(date).text)
            }
        self.init(name: member.name, value: value)
    }
}
