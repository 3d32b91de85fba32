package import Database
package import Logging
import ServiceLifecycle

/// The lanes of a process. All requests about one showtime go through the same lane.
package struct Lanes<Work: LaneWork>: Service {
    private let lanes: [Lane<Work>]

    /// - Parameter connect: makes a connection that lives on a lane's thread.
    package init(
        work: Work,
        configuration: LaneConfiguration,
        logger: Logger,
        connect: @escaping @Sendable (PinnedThread) async throws -> PostgresConnection
    ) {
        lanes = (0..<max(1, configuration.count)).map { _ in
            Lane(work: work, configuration: configuration, logger: logger, connect: connect)
        }
    }

    /// Waits for the request's turn in the lane of its showtime.
    ///
    /// - Throws: what the work refused it with; ``Refusal/busy``.
    package func submit(_ request: Work.Request, showtimeID: Int64) async throws -> Work.Answer {
        try await lanes[index(showtimeID)].submit(request)
    }

    private func index(_ showtimeID: Int64) -> Int {
        #if UnguardedSelling
            // Bookings of one showtime meet in the database: for the fault harness's control run alone.
            Int.random(in: lanes.indices)
        #else
            Int(UInt64(bitPattern: showtimeID) % UInt64(lanes.count))
        #endif
    }

    /// Stays until shutdown, then lets the lanes finish what waits in them.
    package func run() async throws {
        try? await gracefulShutdown()
        for lane in lanes {
            await lane.close()
        }
    }
}
