import HTTPTypes
import Hummingbird
import NIOCore
import Text

/// The body can't be read to its end, because its bytes are wrong or the connection has failed. Nothing more can be read from the
/// connection.
struct BodyReadingFailed: Error {
    let problem: Problem

    init(_ error: any Error, requestSeconds: Int) {
        problem = (error as? RequestGuard.BrokenRequest)?.fault.problem(requestSeconds: requestSeconds) ?? .malformed("body_incomplete")
    }
}

/// Reads a request's body in the form that its endpoint declares.
enum BodyReader {
    /// - Parameters:
    ///   - channel: the request's connection.
    ///   - isAskedFor: set when the client is told to send its body.
    /// - Returns: the body, and whether it was cut. A form that is too long is cut and not refused, because its endpoint records everything
    ///   that comes.
    /// - Throws: ``Problem``: 400 for a body where none belongs, 413, 415; ``BodyReadingFailed``.
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
            try checkType(request.headers, ["application/json"])
        case .file(let file):
            guard hasBody else { return ([], false) }
            try checkType(request.headers, file.types)
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

    /// As much of a body as the endpoint takes, and whether there was more. ``RequestGuard`` ends a body that comes too slowly.
    private static func collect(_ body: RequestBody, for routed: RoutedEndpoint) async throws -> (bytes: [UInt8], isCut: Bool) {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                let room = routed.maximumBodyBytes - bytes.count
                bytes.append(contentsOf: part.readableBytesView.prefix(room))
                guard part.readableBytes <= room else { return (bytes, true) }
            }
        } catch {
            throw BodyReadingFailed(error, requestSeconds: routed.requestSeconds)
        }
        return (bytes, false)
    }

    private static func checkType(_ headers: HTTPFields, _ types: [String]) throws {
        let given = try headers.only(.contentType)
        guard types.contains(where: { MediaType.matches(given, $0) }) else {
            throw Problem(
                status: 415, "unsupported_media_type",
                errors: [
                    FieldIssue(
                        .header("Content-Type"), "unsupported",
                        ["reason": "media_type", "expected": .string(types.joined(separator: ", "))])
                ])
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

/// The media types that bodies come in.
private enum MediaType {
    /// Whether a Content-Type header names the type, with no parameter but `charset=utf-8`.
    static func matches(_ header: String?, _ type: String) -> Bool {
        guard let header else { return false }
        if header == type { return true }
        let parts = header.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " && $0 != "\t" }
        }
        guard parts.first == type else { return false }
        return parts.dropFirst().allSatisfy { $0 == "charset=utf-8" || $0 == #"charset="utf-8""# || $0.isEmpty }
    }
}
