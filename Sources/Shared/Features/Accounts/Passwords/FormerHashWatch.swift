package import Database
package import Logging
import ServiceLifecycle

/// Looks for stored hashes of the former kind, by scrypt, when the service starts and every few minutes; they go as people sign in. While
/// there are any, the hasher must know how long one takes.
package struct FormerHashWatch: Service {
    private let pool: PostgresPool
    private let hasher: PasswordHasher
    private let logger: Logger
    private let accountStore = AccountStore()

    package init(pool: PostgresPool, hasher: PasswordHasher, logger: Logger) {
        self.pool = pool
        self.hasher = hasher
        self.logger = logger
    }

    package func run() async throws {
        while !Task.isCancelled && !Task.isShuttingDownGracefully {
            let pause = await look()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    /// - Parameter function: what the hashes were made by.
    func measure(by function: PasswordFunction = .former) async throws {
        if try await accountStore.hasFormerHashes(in: pool) {
            try await hasher.measureFormerHashes(by: function)
        } else {
            hasher.forgoFormerHashes()
        }
    }

    /// - Returns: after how long to look again.
    private func look() async -> Duration {
        do {
            try await measure()
            return .seconds(300)
        } catch {
            logger.warning("Nobody knows whether scrypt hashes are stored", metadata: ["error": "\(String(reflecting: error))"])
            return .seconds(5)
        }
    }
}
