import Database
package import Logging
import ServiceLifecycle

extension Identity {
    /// Counts a request that was refused, for the audit trail.
    ///
    /// - Parameter endpoint: as `POST /v1/orders`.
    package func countRefusedRequest(
        _ action: AuditAction, endpoint: String, code: String, by accountID: Int64?, address: String
    ) {
        refusals.count(
            AuditEntry(actorAccountID: accountID, action: action, subject: endpoint, address: address, details: ["code": code])
        )
    }

    /// Writes down that somebody was not let in, unless the like was written down often enough in this minute: then it is counted. In a
    /// transaction of its own: the refusal itself changes nothing else.
    func recordRefusal(_ entry: AuditEntry) async throws {
        guard refusals.isWrittenAtOnce(entry) else { return }
        try await auditStore.record(entry, in: pool)
    }

    /// Writes down what was counted since the last time.
    package func writeCountedRefusals() async throws {
        let counts = refusals.take()
        guard !counts.isEmpty else { return }
        try await pool.withTransaction { transaction in
            for count in counts { try await auditStore.record(AuditEntry(count), in: transaction) }
        }
    }
}

/// Writes counted refusals into the audit trail every minute, and when the service ends. A crash loses the counts of its minute, and so does a
/// database that is away when they are written: nobody is refused without one either.
package struct DenialRecording: Service {
    private let identity: Identity
    private let logger: Logger

    package init(identity: Identity, logger: Logger) {
        self.identity = identity
        self.logger = logger
    }

    package func run() async throws {
        repeat {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(60)) }
            do {
                try await identity.writeCountedRefusals()
            } catch {
                logger.warning("Refusals could not be written into the audit trail", metadata: ["error": "\(String(reflecting: error))"])
            }
        } while !Task.isCancelled && !Task.isShuttingDownGracefully
    }
}
