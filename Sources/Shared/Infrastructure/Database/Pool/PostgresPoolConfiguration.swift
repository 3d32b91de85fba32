/// How many connections a pool holds and how long anybody waits for one.
package struct PostgresPoolConfiguration: Sendable {
    /// How each connection is made and limited.
    package var connection: PostgresConnectionConfiguration
    /// How many connections stay open while the pool runs, even when nobody needs them.
    package var minimumConnections = 0
    package var maximumConnections = 16
    /// How many callers may wait for a connection; one more is refused at once.
    package var maximumWaiters = 256
    /// The longest wait for a connection.
    package var leaseTimeout: Duration = .seconds(2)
    /// A connection beyond the minimum that nobody used for this long is closed.
    package var idleTimeout: Duration = .seconds(60)
    /// How long the pool waits, when it shuts down, for connections that are still used.
    package var shutdownTimeout: Duration = .seconds(10)

    /// - Parameter url: a libpq connection string; more than one host may be named.
    package init(
        url: String,
        minimumConnections: Int = 0,
        maximumConnections: Int = 16,
        maximumWaiters: Int = 256,
        leaseTimeout: Duration = .seconds(2),
        connectTimeout: Duration = .seconds(3),
        statementTimeout: Duration? = .seconds(5),
        lockTimeout: Duration? = .seconds(2),
        idleInTransactionTimeout: Duration? = .seconds(10),
        preparedStatements: Bool = true
    ) {
        connection = PostgresConnectionConfiguration(url: url)
        connection.connectTimeout = connectTimeout
        connection.statementTimeout = statementTimeout
        connection.lockTimeout = lockTimeout
        connection.idleInTransactionTimeout = idleInTransactionTimeout
        connection.preparedStatements = preparedStatements
        self.minimumConnections = minimumConnections
        self.maximumConnections = maximumConnections
        self.maximumWaiters = maximumWaiters
        self.leaseTimeout = leaseTimeout
    }
}
