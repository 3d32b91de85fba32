/// The problems that an endpoint can answer: those that it declares, and those that follow from the rest of its declaration.
struct EndpointProblems: Sendable {
    /// In ascending order of status.
    let all: [Problem]

    init(_ endpoint: Endpoint) {
        var problems: [Problem] = []
        func add(_ status: Int, _ code: String, _ detail: String) { problems.append(Problem(status: status, code, detail)) }
        if endpoint.input == .none { add(400, "body_not_expected", "A body was sent where none belongs.") }
        if endpoint.answer.selectable != nil || !endpoint.query.isEmpty {
            add(
                400, "parameter_invalid",
                "A query parameter is unknown, stands twice or has no valid value; `query_invalid` where its escapes are broken.")
        } else {
            add(400, "parameter_invalid", "The call takes no query parameters; `query_invalid` where their escapes are broken.")
        }
        if endpoint.answer.isPage { add(400, "cursor_invalid", "The cursor is not one that this list gave out.") }
        if endpoint.ifMatch == .required || endpoint.idempotency || endpoint.access != .open || endpoint.input != .none {
            add(400, "header_invalid", "A header has no valid value, or stands twice.")
        }
        if endpoint.input != .none { add(400, "body_incomplete", "The body ended before its end; `request_malformed` where it is none.") }
        if endpoint.access != .open { problems.append(.unauthenticated) }
        if case .permission = endpoint.access { problems.append(.accountRestricted) }
        if !endpoint.path.parameters.isEmpty { problems.append(.notFound) }
        switch endpoint.input {
        case .none: break
        case .json(let body):
            add(
                400, "malformed_json",
                "The body is not JSON as RFC 8259 has it; also `duplicate_key`, `invalid_utf8`, `lone_surrogate`, `too_deep`, `too_many_keys`, `body_missing`."
            )
            add(413, "body_too_large", "The body is too large.")
            add(415, "unsupported_media_type", "The body is not application/json in UTF-8.")
            add(422, "body_invalid", "A field is unknown, missing or has no valid value; `errors` names it.")
            if Schema.object(body).holdsNames {
                add(
                    422, "name_invalid",
                    "A name is blank, has blanks around it, or characters that nobody sees, or is `repeated` in its list; `errors` names it."
                )
            }
            add(422, "value_refused", "A value is outside of what can be stored; `errors` names the field where it is known.")
        case .form: break
        }
        if endpoint.input != .none { add(408, "request_timeout", "The body took too long to arrive.") }
        if endpoint.ifMatch == .required {
            problems.append(.stale)
            add(428, "if_match_required", "If-Match is missing.")
        }
        if endpoint.idempotency {
            add(409, "request_in_progress", "A request with this Idempotency-Key is still running.")
            add(422, "idempotency_key_reused", "The Idempotency-Key was used for another request.")
        }
        if endpoint.rateLimit != .exempt { add(429, "quota_exceeded", "Too many requests of this kind.") }
        if endpoint.rateLimit != .exempt || endpoint.input != .none {
            add(
                503, "busy",
                "The service can't answer now: `busy`, `too_many_connections_of_address`, `database_unavailable`, `not_ready`, "
                    + "`scope_changed`, or `outcome_unknown`; try again."
            )
        }
        if !endpoint.answer.events.isEmpty { problems += [.tooManyStreamsOfAddress, .tooManyStreams] }
        for problem in endpoint.refusals.map({ Problem($0) })
        where !problems.contains(where: { $0.status == problem.status && $0.code == problem.code }) {
            problems.append(problem)
        }
        all = problems.enumerated().sorted { ($0.element.status, $0.offset) < ($1.element.status, $1.offset) }.map(\.element)
    }
}

extension Schema {
    /// Whether a text of the schema is a name. The rule for names has a code of its own.
    fileprivate var holdsNames: Bool {
        switch self {
        case .text(_, let format, _): format == "name"
        case .array(let element, _): element.holdsNames
        case .object(let object): object.fields.contains { $0.schema.holdsNames }
        case .nullable(let inner): inner.holdsNames
        case .integer, .number, .boolean, .enumeration: false
        }
    }
}
