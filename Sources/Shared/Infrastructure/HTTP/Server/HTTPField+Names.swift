import HTTPTypes

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
