import HTTPTypes
import Hummingbird
import NIOCore

/// The body can't be read to its end: its bytes are no body, or the connection has failed. Nothing more can be read there.
struct BodyReadingFailed: Error {
    let problem: Problem

    init(_ error: any Error) {
        problem = (error as? RequestGuard.BrokenRequest)?.fault.problem ?? .malformed("body_incomplete")
    }
}

/// Reads a request's body as its endpoint wants it.
enum BodyReader {
    /// - Parameters:
    ///   - channel: the request's connection.
    ///   - isAskedFor: set where the client gets to know that its body is wanted.
    /// - Returns: the body, and whether it was cut: a form is rather than being refused, since its endpoint keeps all that comes.
    /// - Throws: ``Problem``: 400 for a body where none belongs, 408, 413, 415; ``BodyReadingFailed``.
    static func body(
        of request: Request, for routed: RoutedEndpoint, on channel: any Channel, isAskedFor: inout Bool
    ) async throws -> (bytes: [UInt8], isCut: Bool) {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        let hasBody = length.map { $0 > 0 } ?? (request.headers[.transferEncoding] != nil)
        switch routed.endpoint.input {
        case .none:
            guard hasBody else { return ([], false) }
            throw Problem.malformed("body_not_expected")
        case .json:
            guard hasBody else { return ([], false) }
            try checkType(request.headers, "application/json")
        case .form:
            askFor(request, on: channel, &isAskedFor)
            return try await collect(request.body, for: routed)
        }
        if let length, length > routed.maximumBodyBytes { throw tooLarge(routed) }
        askFor(request, on: channel, &isAskedFor)
        let (bytes, isCut) = try await collect(request.body, for: routed)
        if isCut { throw tooLarge(routed) }
        return (bytes, false)
    }

    private static func askFor(_ request: Request, on channel: any Channel, _ isAskedFor: inout Bool) {
        isAskedFor = true
        if request.headers[.expect] != nil { channel.triggerUserOutboundEvent(RequestGuard.AskForBody(), promise: nil) }
    }

    /// As much of a body as the endpoint takes, and whether there was more. Silence is ended by the server's idle limit, a trickle by
    /// looking at the clock at each part that comes.
    private static func collect(_ body: RequestBody, for routed: RoutedEndpoint) async throws -> (bytes: [UInt8], isCut: Bool) {
        let started = ContinuousClock.now
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                let room = routed.maximumBodyBytes - bytes.count
                bytes.append(contentsOf: part.readableBytesView.prefix(room))
                guard part.readableBytes <= room else { return (bytes, true) }
                guard ContinuousClock.now - started < .seconds(routed.requestSeconds) else {
                    throw Problem(status: 408, "request_timeout").with("limit_seconds", .integer(Int64(clamping: routed.requestSeconds)))
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw BodyReadingFailed(error)
        }
        return (bytes, false)
    }

    private static func checkType(_ headers: HTTPFields, _ type: String) throws {
        guard MediaType.matches(try headers.only(.contentType), type) else {
            throw Problem(
                status: 415, "unsupported_media_type",
                errors: [FieldIssue(.header("Content-Type"), "unsupported", ["reason": "media_type", "expected": .string(type)])])
        }
        guard headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw Problem(
                status: 415, "unsupported_media_type",
                errors: [FieldIssue(.header("Content-Encoding"), "unsupported", ["reason": "content_coding"])])
        }
    }

    private static func tooLarge(_ routed: RoutedEndpoint) -> Problem {
        let limit = JSONValue.integer(Int64(routed.maximumBodyBytes))
        return Problem(status: 413, "body_too_large", errors: [FieldIssue("", "too_large", ["limit": limit])]).with("limit", limit)
    }
}
