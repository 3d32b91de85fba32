import Text

/// The conditions of a request (RFC 9110 §13).
struct RequestConditions: Sendable {
    /// The version that If-Match names. It is 0, which matches no version, for tags that no resource here has; `nil` for `*` or no header.
    var ifMatch: Int64?
    var ifNoneMatch: EntityTagList?

    /// No conditions.
    init() {}

    /// - Throws: ``Problem``: 400 for a header that can't be read, 428 when a required If-Match is missing.
    init(ifMatch: String?, ifNoneMatch: String?, rule: IfMatchRule) throws {
        self.ifNoneMatch = ifNoneMatch.flatMap { EntityTagList($0) }
        guard rule == .required else { return }
        guard let ifMatch else {
            throw Problem(status: 428, "if_match_required", errors: [FieldIssue(.header("If-Match"), "missing")])
        }
        guard let list = EntityTagList(ifMatch) else {
            throw Self.wrongTag("not_an_entity_tag")
        }
        if list.isAny { return }
        // The same tag twice is still one.
        let versions = Set(list.versions)
        guard versions.count <= 1 else { throw Self.wrongTag("several_entity_tags") }
        self.ifMatch = versions.first ?? 0
    }

    private static func wrongTag(_ reason: String) -> Problem {
        .malformed("header_invalid", errors: [FieldIssue(.header("If-Match"), "invalid", ["reason": .string(reason)])])
    }
}

/// Whether an endpoint changes a resource only in the state that the caller has seen.
package enum IfMatchRule: Hashable, Sendable {
    /// If-Match is ignored.
    case ignored
    /// 428 without If-Match; the handler compares and throws 412.
    case required
}
