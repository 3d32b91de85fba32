/// The number of a process's lanes of one kind, and their limits.
package struct LaneConfiguration: Hashable, Sendable {
    /// The kind of requests, for the metrics.
    package var name: String
    /// How many lanes, each with a connection of its own.
    package var count: Int
    /// How many requests go into one transaction at most.
    package var batchLimit: Int
    /// How many requests may wait in a lane; one more is refused at once.
    package var queueLimit: Int
    /// How long a request may wait for its turn before it is refused.
    package var waitLimit: Duration

    package init(name: String = "requests", count: Int = 2, batchLimit: Int = 64, queueLimit: Int = 1024, waitLimit: Duration = .seconds(2))
    {
        self.name = name
        self.count = count
        self.batchLimit = batchLimit
        self.queueLimit = queueLimit
        self.waitLimit = waitLimit
    }
}
