import Database
package import Logging
import ServiceLifecycle

extension Identity {
    /// Looks whether passwords are stored that were hashed by scrypt, as all were once, and learns what such a hash takes.
    ///
    /// - Parameter function: what they were made by.
    func lookForFormerHashes(by function: PasswordFunction = .former) async throws {
        if try await accountStore.hasFormerHashes(in: pool) {
            try await hasher.measureFormerHashes(by: function)
        } else {
            hasher.forgoFormerHashes()
        }
    }
}

/// Looks for stored hashes of the former kind when the service starts and every few minutes: they go as people sign in.
package struct FormerHashWatch: Service {
    private let identity: Identity
    private let logger: Logger

    package init(identity: Identity, logger: Logger) {
        self.identity = identity
        self.logger = logger
    }

    package func run() async throws {
        while !Task.isCancelled && !Task.isShuttingDownGracefully {
            let pause = await look()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    /// - Returns: after how long to look again.
    private func look() async -> Duration {
        do {
            try await identity.lookForFormerHashes()
            return .seconds(300)
        } catch {
            logger.warning("Nobody knows whether scrypt hashes are stored", metadata: ["error": "\(String(reflecting: error))"])
            return .seconds(5)
        }
    }
}
