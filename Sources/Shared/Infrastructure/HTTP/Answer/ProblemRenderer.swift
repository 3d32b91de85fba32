import Text

/// Turns problems into `application/problem+json` (RFC 9457).
enum ProblemRenderer {
    static let contentType = "application/problem+json"

    /// The value of `type`: the registered type where there is one, otherwise a URN of ours.
    static func type(of problem: Problem) -> String {
        switch problem.code {
        // draft-ietf-httpapi-ratelimit-headers-11 §6.
        case "quota_exceeded": "https://iana.org/assignments/http-problem-types#quota-exceeded"
        default: "urn:piao:problem:\(problem.code)"
        }
    }

    /// - Parameters:
    ///   - instance: the path of the request.
    ///   - requestID: the id with which the log's lines about the request are found.
    static func body(of problem: Problem, texts: Texts, language: Language, instance: String, requestID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"type":"#)
        writer.string(type(of: problem))
        writer.raw(#","title":"#)
        writer.string(texts.title(ofStatus: problem.status, in: language))
        writer.raw(#","status":"#)
        writer.integer(problem.status)
        writer.raw(#","code":"#)
        writer.string(problem.code)
        writer.raw(#","detail":"#)
        writer.string(texts.detail(of: problem, in: language))
        writer.raw(#","instance":"#)
        writer.string(instance)
        writer.raw(#","request_id":"#)
        writer.string(requestID)
        if !problem.errors.isEmpty {
            writer.raw(#","errors":"#)
            writer.list(problem.errors) { writer, issue in write(issue, texts: texts, language: language, to: &writer) }
        }
        write(problem.members, to: &writer)
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }

    private static func write(_ members: [JSONMember], to writer: inout JSONWriter) {
        for member in members {
            writer.byte(UInt8(ascii: ","))
            writer.string(member.name)
            writer.byte(UInt8(ascii: ":"))
            writer.value(member.value)
        }
    }

    private static func write(_ issue: FieldIssue, texts: Texts, language: Language, to writer: inout JSONWriter) {
        switch issue.place {
        case .pointer(let pointer):
            writer.raw(#"{"pointer":"#)
            writer.string(pointer)
        case .parameter(let name):
            writer.raw(#"{"parameter":"#)
            writer.string(name)
        case .header(let name):
            writer.raw(#"{"header":"#)
            writer.string(name)
        }
        writer.raw(#","code":"#)
        writer.string(issue.code)
        writer.raw(#","detail":"#)
        writer.string(texts.detail(of: issue, in: language))
        write(issue.members, to: &writer)
        writer.byte(UInt8(ascii: "}"))
    }
}
