import HTTPTypes
import Hummingbird
import NIOCore

/// Reading the body failed because the connection did.
struct BodyReadingFailed: Error {
    let underlying: any Error
}

/// Reads a request's body as its endpoint wants it.
enum BodyReader {
    /// - Returns: the body, and whether it was cut: a form is rather than being refused, since its endpoint keeps all that comes.
    /// - Throws: ``Problem``: 400 for a body where none belongs, 408, 413, 415; ``BodyReadingFailed``.
    static func body(of request: Request, for routed: RoutedEndpoint) async throws -> (bytes: [UInt8], isCut: Bool) {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        let hasBody = length.map { $0 > 0 } ?? (request.headers[.transferEncoding] != nil)
        switch routed.endpoint.input {
        case .none:
            guard hasBody else { return ([], false) }
            throw Problem.malformed("body_not_expected", "This call takes no body.")
        case .json:
            guard hasBody else { return ([], false) }
            try checkType(request.headers, "application/json")
        case .form:
            return try await collect(request.body, for: routed)
        }
        if let length, length > routed.maximumBodyBytes { throw tooLarge(routed) }
        let (bytes, isCut) = try await collect(request.body, for: routed)
        if isCut { throw tooLarge(routed) }
        return (bytes, false)
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
                    throw Problem(status: 408, "request_timeout", "The body took longer than \(routed.requestSeconds) seconds to arrive.")
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw BodyReadingFailed(underlying: error)
        }
        return (bytes, false)
    }

    private static func checkType(_ headers: HTTPFields, _ type: String) throws {
        guard MediaType.matches(headers[.contentType], type) else {
            throw Problem(
                status: 415, "unsupported_media_type", "The body must be \(type) in UTF-8.",
                errors: [FieldIssue(.header("Content-Type"), "unsupported", "This must be \(type).")])
        }
        guard headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw Problem(
                status: 415, "unsupported_media_type", "The body must not be compressed.",
                errors: [FieldIssue(.header("Content-Encoding"), "unsupported", "Bodies are taken uncompressed.")])
        }
    }

    private static func tooLarge(_ routed: RoutedEndpoint) -> Problem {
        Problem(
            status: 413, "body_too_large", "The body may have at most \(routed.maximumBodyBytes) bytes.",
            errors: [FieldIssue("", "too_large", "The body may have at most \(routed.maximumBodyBytes) bytes.")])
    }
}
