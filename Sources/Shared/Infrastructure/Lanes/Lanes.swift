package import Database
package import Logging
import ServiceLifecycle

/// The lanes of a process for one kind of work. All requests with one key go through the same lane.
package struct Lanes<Work: LaneWork>: Service {
    private let lanes: [Lane<Work>]

    /// - Parameter connect: makes a connection that lives on a lane's thread.
    package init(
        work: Work,
        configuration: LaneConfiguration,
        logger: Logger,
        connect: @escaping @Sendable (PinnedThread) async throws -> PostgresConnection
    ) {
        lanes = (0..<max(1, configuration.count)).map { index in
            Lane(work: work, configuration: configuration, index: index, logger: logger, connect: connect)
        }
    }

    /// Waits for the request's turn in the lane of its key.
    ///
    /// - Parameter key: the number of the thing that the request is about.
    /// - Throws: as ``Lane/submit(_:)``.
    package func submit(_ request: Work.Request, key: Int64) async throws -> Work.Answer {
        try await lanes[index(key)].submit(request)
    }

    private func index(_ key: Int64) -> Int {
        #if UnguardedSelling
            // Only the control run of the fault harness compiles this: requests about one thing then meet in the database.
            Int.random(in: lanes.indices)
        #else
            Int(UInt64(bitPattern: key) % UInt64(lanes.count))
        #endif
    }

    /// Waits for the shutdown, and then lets the lanes finish the waiting requests.
    package func run() async throws {
        try? await gracefulShutdown()
        for lane in lanes {
            await lane.close()
        }
    }
}
