import Logging

/// One line for each answer: never a token, a query, a body or a path with its values.
enum AccessLog {
    static func write(
        to logger: Logger, method: String, route: String?, status: Int, duration: Duration, code: String?, traceparent: String?
    ) {
        logger.info(
            "Request answered",
            metadata: metadata(method: method, route: route, status: status, duration: duration, code: code, traceparent: traceparent))
    }

    /// A line for the end of an event stream, which was answered long before.
    static func writeEnd(to logger: Logger, route: String?, since started: ContinuousClock.Instant) {
        let duration = ContinuousClock.now - started
        logger.info(
            "Event stream ended",
            metadata: ["route": .string(route ?? "none"), "duration_ms": .stringConvertible(milliseconds(duration))])
    }

    private static func metadata(
        method: String, route: String?, status: Int, duration: Duration, code: String?, traceparent: String?
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "method": .string(method),
            "route": .string(route ?? "none"),
            "status": .stringConvertible(status),
            "duration_ms": .stringConvertible(milliseconds(duration)),
        ]
        if let code { metadata["code"] = .string(code) }
        if let traceparent { metadata["trace_id"] = .string(String(traceparent.dropFirst(3).prefix(32))) }
        return metadata
    }

    /// With a tenth as the smallest step.
    private static func milliseconds(_ duration: Duration) -> Double {
        (Double(duration.components.seconds) * 10_000 + Double(duration.components.attoseconds) / 1e14).rounded() / 10
    }
}
