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

    static func title(ofStatus status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: status < 500 ? "Request Refused" : "Internal Server Error"
        }
    }

    /// - Parameters:
    ///   - instance: the path of the request.
    ///   - requestID: the id with which the log's lines about the request are found.
    static func body(of problem: Problem, instance: String, requestID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"type":"#)
        writer.string(type(of: problem))
        writer.raw(#","title":"#)
        writer.string(title(ofStatus: problem.status))
        writer.raw(#","status":"#)
        writer.integer(problem.status)
        writer.raw(#","code":"#)
        writer.string(problem.code)
        writer.raw(#","detail":"#)
        writer.string(problem.detail)
        writer.raw(#","instance":"#)
        writer.string(instance)
        writer.raw(#","request_id":"#)
        writer.string(requestID)
        if !problem.errors.isEmpty {
            writer.raw(#","errors":"#)
            writer.list(problem.errors) { writer, issue in write(issue, to: &writer) }
        }
        for member in problem.members {
            writer.byte(UInt8(ascii: ","))
            writer.string(member.name)
            writer.byte(UInt8(ascii: ":"))
            writer.value(member.value)
        }
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }

    private static func write(_ issue: FieldIssue, to writer: inout JSONWriter) {
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
        writer.string(issue.detail)
        writer.byte(UInt8(ascii: "}"))
    }
}
