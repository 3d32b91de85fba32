import HTTPTypes
import Hummingbird
import NIOHTTP1
import Text

/// A fault of a request that is found before its endpoint: in its bytes, in the fields that say where it ends and for which host it is, or
/// in the time that it takes to arrive.
/// The connection ends after the answer, because nobody knows where another request would begin.
enum MessageFault: String, Error, CaseIterable, Sendable {
    case malformed
    case tooSlow
    case hostMissing
    case hostInvalid
    case targetTooLong
    case headTooLarge
    case expectationUnknown
    case methodUnknown
    case codingUnknown
    case versionUnknown

    /// - Parameter requestSeconds: how long a request may take to arrive.
    func problem(requestSeconds: Int) -> Problem {
        switch self {
        case .malformed: .malformed("request_malformed")
        case .tooSlow: Problem(status: 408, "request_timeout").with("limit_seconds", .integer(Int64(clamping: requestSeconds)))
        case .hostMissing: .malformed("host_missing", errors: [FieldIssue(.header("Host"), "missing")])
        case .hostInvalid: .malformed("host_invalid", errors: [FieldIssue(.header("Host"), "invalid", ["reason": "not_a_host"])])
        case .targetTooLong: Problem(status: 414, "target_too_long")
        case .headTooLarge: Problem(status: 431, "headers_too_large")
        case .expectationUnknown: Problem(status: 417, "expectation_unknown")
        case .methodUnknown: Problem(status: 501, "method_unknown")
        case .codingUnknown: Problem(status: 501, "transfer_coding_unknown")
        case .versionUnknown: Problem(status: 505, "version_unknown")
        }
    }
}

/// Replaces a request in which ``RequestGuard`` found a fault, so that it is answered in its turn, and counted and logged like all others.
///
/// No client can send the method that marks it: the parser knows a fixed list of methods, and ends the request at any other.
struct FaultyRequest {
    private static let method = "FAULTY"
    private static let faultField = "Fault"
    private static let methodField = "Fault-Method"
    /// The fields of the request itself that its answer, its line in the log and its address need.
    private static let kept = ["X-Request-Id", "traceparent", "X-Forwarded-For", "User-Agent", "Origin", "Accept-Language"]

    let fault: MessageFault
    /// The method as it came; `unknown` when it can't be read.
    let method: HTTPRequest.Method

    /// The head that replaces the request's own.
    ///
    /// - Parameter head: the request's head; `nil` when it couldn't be read.
    static func head(_ fault: MessageFault, of head: HTTPRequestHead?) -> HTTPRequestHead {
        var headers = HTTPHeaders([(faultField, fault.rawValue), (methodField, head?.method.rawValue ?? "unknown")])
        for name in kept { for value in head?.headers[name] ?? [] { headers.add(name: name, value: value) } }
        return HTTPRequestHead(version: .http1_1, method: .RAW(value: method), uri: head?.uri ?? "*", headers: headers)
    }

    /// - Returns: `nil` for a request that came from a client.
    init?(_ request: Request) {
        guard request.method.rawValue == Self.method, let name = HTTPField.Name(Self.faultField),
            let fault = request.headers[name].flatMap({ MessageFault(rawValue: $0) }), let methodName = HTTPField.Name(Self.methodField)
        else { return nil }
        self.fault = fault
        method = request.headers[methodName].flatMap { HTTPRequest.Method($0) } ?? .get
    }
}
