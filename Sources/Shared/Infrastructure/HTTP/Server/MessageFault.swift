import HTTPTypes
import Hummingbird
import NIOHTTP1

/// What is wrong with a request before any endpoint can be looked for: with its bytes, or with the fields that say where it ends and whom
/// it is for. The connection ends after the answer, since nobody knows where another request would begin.
enum MessageFault: String, Error, CaseIterable, Sendable {
    case malformed
    case hostMissing
    case hostInvalid
    case targetTooLong
    case headTooLarge
    case expectationUnknown
    case methodUnknown
    case codingUnknown
    case versionUnknown

    var problem: Problem {
        switch self {
        case .malformed: .malformed("request_malformed")
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

/// A request that ``RequestGuard`` found at fault, in the place of what came, so that it is answered in its turn, counted and logged as all
/// others are.
///
/// The method by which it is told is none that a client can send: the parser knows a fixed list, and ends the request at any other.
struct FaultyRequest {
    private static let method = "FAULTY"
    private static let faultField = "Fault"
    private static let methodField = "Fault-Method"
    /// The fields of the request itself that its answer, its line in the log and its address need.
    private static let kept = ["X-Request-Id", "traceparent", "X-Forwarded-For", "User-Agent", "Accept-Language"]

    let fault: MessageFault
    /// As it came; `unknown` where it can't be read.
    let method: HTTPRequest.Method

    /// What stands in the place of a request.
    ///
    /// - Parameter head: `nil` where it couldn't be read.
    static func head(_ fault: MessageFault, of head: HTTPRequestHead?) -> HTTPRequestHead {
        var headers = HTTPHeaders([(faultField, fault.rawValue), (methodField, head?.method.rawValue ?? "unknown")])
        for name in kept { for value in head?.headers[name] ?? [] { headers.add(name: name, value: value) } }
        return HTTPRequestHead(version: .http1_1, method: .RAW(value: method), uri: head?.uri ?? "*", headers: headers)
    }

    /// - Returns: `nil` for a request as a client sent it.
    init?(_ request: Request) {
        guard request.method.rawValue == Self.method, let name = HTTPField.Name(Self.faultField),
            let fault = request.headers[name].flatMap({ MessageFault(rawValue: $0) }), let methodName = HTTPField.Name(Self.methodField)
        else { return nil }
        self.fault = fault
        method = request.headers[methodName].flatMap { HTTPRequest.Method($0) } ?? .get
    }
}
