import HTTPTypes
import Hummingbird
import NIOCore

/// Adds the headers that every answer has.
enum ResponseAssembly {
    /// OWASP REST Security Cheat Sheet. Strict-Transport-Security belongs to whoever ends TLS.
    private static let common = {
        var headers: HTTPFields = [
            .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
            .xFrameOptions: "DENY",
            .referrerPolicy: "no-referrer",
        ]
        // Also where no page of another origin asks: a cache that keeps the answer gives it to those that do.
        headers.vary(by: .origin)
        return headers
    }()

    /// - Parameters:
    ///   - reader: the origin whose pages may read the answer, where one of them asks.
    ///   - isOwnID: whether the caller chose the request's id.
    static func response(
        _ answer: RenderedAnswer, problem: Problem?, requestID: String, isOwnID: Bool, quota: Quota?, reader: WebOrigin?, isHead: Bool
    ) -> Response {
        var headers = common
        headers.append(HTTPField(name: .cacheControl, value: answer.cache.text))
        let isShared = answer.cache != .noStore
        if !isShared || !isOwnID { headers.append(HTTPField(name: .xRequestID, value: requestID)) }
        if let reader { CrossOrigin.addFields(to: &headers, reader: reader, methods: answer.preflightMethods) }
        if let contentType = answer.contentType { headers.append(HTTPField(name: .contentType, value: contentType)) }
        if let location = answer.location { headers.append(HTTPField(name: .location, value: location)) }
        if let etag = answer.etag { headers.append(HTTPField(name: .eTag, value: etag.text)) }
        if let link = answer.link { headers.append(HTTPField(name: .link, value: link)) }
        if let language = answer.language {
            headers.append(HTTPField(name: .contentLanguage, value: language.rawValue))
            headers.vary(by: .acceptLanguage)
        }
        if let quota, !isShared {
            headers.append(HTTPField(name: .rateLimitPolicy, value: quota.policy))
            headers.append(HTTPField(name: .rateLimit, value: quota.state))
        }
        if let problem {
            if let retryAfter = problem.retryAfter { headers.append(HTTPField(name: .retryAfter, value: String(retryAfter))) }
            if let allow = problem.allow { headers.append(HTTPField(name: .allow, value: allow)) }
            // The rest of the request may never come (RFC 9110 §15.5.9).
            if problem.status == 408 { headers.append(HTTPField(name: .connection, value: "close")) }
            if problem.status == 401 { headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer")) }
        }
        // A proxy that buffers answers would hold events back.
        if answer.events != nil { headers.append(HTTPField(name: .xAccelBuffering, value: "no")) }
        let hasBody = answer.status != 204 && answer.status != 304 && answer.events == nil
        if isHead {
            if hasBody { headers.append(HTTPField(name: .contentLength, value: String(answer.body.count))) }
            return Response(
                status: .init(code: answer.status), headers: headers,
                body: .init(contentLength: nil) { writer in
                    try await writer.finish(nil)
                })
        }
        let body = hasBody ? ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)) : ResponseBody()
        var response = Response(status: .init(code: answer.status), headers: headers, body: body)
        if !hasBody { response.headers[.contentLength] = nil }
        return response
    }
}
