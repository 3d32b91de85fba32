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
            throw Problem(
                status: 428, "if_match_required", "Send the ETag that you last saw in If-Match.",
                errors: [FieldIssue(.header("If-Match"), "missing", "This header is required.")])
        }
        guard let list = EntityTagList(ifMatch) else {
            throw Self.malformed("This must be an entity tag in double quotes, or *.")
        }
        if list.isAny { return }
        // The same tag twice is still one.
        let versions = Set(list.versions)
        guard versions.count <= 1 else { throw Self.malformed("Name one tag.") }
        self.ifMatch = versions.first ?? 0
    }

    private static func malformed(_ detail: String) -> Problem {
        .malformed("header_invalid", "If-Match: \(detail)", errors: [FieldIssue(.header("If-Match"), "invalid", detail)])
    }
}

/// Whether an endpoint changes a resource only in the state that the caller has seen.
package enum IfMatchRule: Hashable, Sendable {
    /// If-Match is ignored.
    case ignored
    /// 428 without If-Match; the handler compares and throws 412.
    case required
}
