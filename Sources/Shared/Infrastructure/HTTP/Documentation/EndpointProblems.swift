import Callers

/// The problems that an endpoint can answer: those that it declares, and those that follow from the rest of its declaration.
struct EndpointProblems: Sendable {
    /// One code under one status.
    struct Entry: Sendable {
        let status: Int
        let code: String
        /// In English.
        let meaning: String
    }

    /// In ascending order of status.
    let all: [Entry]

    init(_ endpoint: Endpoint, texts: Texts) {
        var problems: [Entry] = []
        func add(_ status: Int, _ code: String, _ note: String? = nil) {
            guard !problems.contains(where: { $0.status == status && $0.code == code }) else { return }
            problems.append(
                Entry(status: status, code: code, meaning: [texts.meaning(of: code), note].compactMap(\.self).joined(separator: " ")))
        }
        if endpoint.input == .none { add(400, "body_not_expected") }
        add(400, "parameter_invalid", "`query_invalid` where the escapes of the query are broken.")
        if endpoint.answer.isPage { add(400, "cursor_invalid") }
        if endpoint.ifMatch == .required || endpoint.idempotency || endpoint.access != .open || endpoint.input != .none {
            add(400, "header_invalid")
        }
        if endpoint.input != .none { add(400, "body_incomplete", "`request_malformed` where it is none.") }
        if endpoint.access != .open { add(401, Problem.unauthenticated.code) }
        if case .permission = endpoint.access { add(403, Problem.accountRestricted.code) }
        if !endpoint.path.parameters.isEmpty { add(404, Problem.notFound.code) }
        switch endpoint.input {
        case .none: break
        case .json(let body):
            let others = ["duplicate_key", "invalid_utf8", "lone_surrogate", "too_deep", "too_many_keys", "body_missing"]
            add(400, "malformed_json", "Also " + others.map { "`\($0)`" }.joined(separator: ", ") + ".")
            add(413, "body_too_large")
            add(415, "unsupported_media_type")
            add(422, "body_invalid")
            if Schema.object(body).holdsNames { add(422, "name_invalid", "`repeated` where one stands twice in its list.") }
            add(422, "value_refused")
        case .file:
            add(400, "file_missing")
            add(413, "body_too_large")
            add(415, "unsupported_media_type")
        case .form: break
        }
        if endpoint.input != .none { add(408, "request_timeout") }
        if endpoint.ifMatch == .required {
            add(412, Problem.stale.code)
            add(428, "if_match_required")
        }
        if endpoint.idempotency {
            add(409, "request_in_progress")
            add(422, "idempotency_key_reused")
        }
        if endpoint.rateLimit != .exempt { add(429, "quota_exceeded") }
        if endpoint.rateLimit != .exempt || endpoint.input != .none {
            let others = ["too_many_connections_of_address", "database_unavailable", "not_ready", "scope_changed", "outcome_unknown"]
            add(503, "busy", "Also " + others.map { "`\($0)`" }.joined(separator: ", ") + ".")
        }
        if !endpoint.answer.events.isEmpty {
            for problem in [Problem.tooManyStreamsOfAddress, .tooManyStreams] { add(problem.status, problem.code) }
        }
        for problem in endpoint.refusals.map({ Problem($0) }) { add(problem.status, problem.code) }
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
