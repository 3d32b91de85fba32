import Callers
import Logging
import Waiting

/// Writes one line for each answer. It never has a token, a query, a body or a path with its values. Of the caller it has only the
/// account's number and the address block.
enum AccessLog {
    static func write(
        to logger: Logger, method: String, route: String?, status: Int, duration: Duration, code: String?, facts: RequestFacts,
        account: Int64?
    ) {
        var metadata: Logger.Metadata = [
            "method": .string(method),
            "route": .string(route ?? "none"),
            "status": .stringConvertible(status),
            "duration_ms": .stringConvertible(milliseconds(duration)),
            "address": .string(AddressBlock(of: facts.address).text),
        ]
        if let code { metadata["code"] = .string(code) }
        if let account { metadata["account"] = .stringConvertible(account) }
        if let traceparent = facts.traceparent { metadata["trace_id"] = .string(String(traceparent.dropFirst(3).prefix(32))) }
        logger.info("Request answered", metadata: metadata)
    }

    /// Writes a line for the end of an event stream, whose answer began long before.
    static func writeEnd(to logger: Logger, route: String?, since started: ContinuousClock.Instant) {
        let duration = ContinuousClock.now - started
        logger.info(
            "Event stream ended",
            metadata: ["route": .string(route ?? "none"), "duration_ms": .stringConvertible(milliseconds(duration))])
    }

    /// Rounded to tenths.
    private static func milliseconds(_ duration: Duration) -> Double {
        (duration.seconds * 10_000).rounded() / 10
    }
}
