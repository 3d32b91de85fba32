import HTTPTypes

extension HTTPFields {
    /// The value of a field that may occur only once. Several lines joined would say something that nobody sent (RFC 9110 §5.3).
    ///
    /// - Throws: ``Problem``: 400 when the field occurs twice.
    func only(_ name: HTTPField.Name) throws(Problem) -> String? {
        let values = self[values: name]
        guard values.count > 1 else { return values.first }
        throw Problem.malformed("header_invalid", errors: [FieldIssue(.header(name.rawName), "duplicate")])
    }
}

// The names are valid constants. If one weren't, the field would have a name that nobody sends.
extension HTTPField.Name {
    static let xRequestID = HTTPField.Name("X-Request-Id") ?? .unused
    static let traceparent = HTTPField.Name("traceparent") ?? .unused
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .unused
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .unused
    /// nginx's field: `no` makes it pass on each part of an answer at once.
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .unused
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .unused
    static let rateLimit = HTTPField.Name("RateLimit") ?? .unused
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .unused
    static let link = HTTPField.Name("Link") ?? .unused
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .unused
    static let xFrameOptions = HTTPField.Name("X-Frame-Options") ?? .unused

    private static let unused = HTTPField.Name.expect
}
