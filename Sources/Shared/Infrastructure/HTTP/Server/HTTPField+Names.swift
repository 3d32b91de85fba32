import HTTPTypes

// The names are constants that are valid; should one not be, the field is left alone under a name that nobody sends.
extension HTTPField.Name {
    static let xRequestID = HTTPField.Name("X-Request-Id") ?? .unused
    static let traceparent = HTTPField.Name("traceparent") ?? .unused
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .unused
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .unused
    /// nginx's: `no` lets a part of an answer through as soon as it comes.
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .unused
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .unused
    static let rateLimit = HTTPField.Name("RateLimit") ?? .unused
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .unused
    static let link = HTTPField.Name("Link") ?? .unused
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .unused
    static let xFrameOptions = HTTPField.Name("X-Frame-Options") ?? .unused

    private static let unused = HTTPField.Name.expect
}
