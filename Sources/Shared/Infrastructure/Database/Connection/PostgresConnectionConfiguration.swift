import Synchronization

/// The way to connect, and the limits of a session.
package struct PostgresConnectionConfiguration: Sendable {
    /// A libpq connection string, `postgresql://…` or `key=value …`. It may name several hosts; the first one is used that answers and fits
    /// `target_session_attrs`.
    package var url: String
    /// The longest wait for one host; libpq counts whole seconds, 2 at least.
    package var connectTimeout: Duration = .seconds(3)
    /// The server ends a statement that runs longer; `nil` for the server's own setting.
    package var statementTimeout: Duration? = .seconds(5)
    /// The server ends a statement that waits longer for a lock; `nil` for the server's own setting.
    package var lockTimeout: Duration? = .seconds(2)
    /// The server closes a connection whose transaction is idle for longer; `nil` for the server's own setting.
    package var idleInTransactionTimeout: Duration? = .seconds(10)
    /// How long the end of a statement waits for the server to take its cancellation. The connection isn't used any more after that.
    package var cancellationTimeout: Duration = .seconds(1)
    /// How long the server may be silent after a cancellation, and over a rollback. A working server answers within milliseconds.
    package var cancelledSilenceTimeout: Duration = .seconds(3)
    /// Whether statements are prepared and settings belong to the session. PgBouncer's transaction mode keeps neither, so there this must
    /// be off: statements are then sent with their SQL, and each transaction sets the limits.
    package var preparedStatements = true
    /// Whether a prepared statement keeps its plan, whatever values it gets. This is for a few statements that run all the time and take
    /// longer to plan than to run. Without it PostgreSQL plans statements with short lists of values anew each time.
    package var keepsPlans = false
    /// How many statements one connection keeps prepared.
    package var statementCacheSize = 256
    /// Shown in `pg_stat_activity`.
    package var applicationName = "piao"
    /// Notifies of the changes that transactions commit, on all connections made with this configuration or a copy of it.
    package let commits = CommittedChanges()
    /// Notifies of each new connection made with this configuration or a copy of it.
    let reachability = Reachability()

    package init(url: String) {
        self.url = url
    }

    /// Whether libpq understands the connection string. No server is asked.
    package var isWellFormed: Bool { (try? LibpqConnection.parse(connectionString: url)) != nil }

    /// How long the server may be silent while it owes an answer, in milliseconds. It then counts as dead. This is longer than any
    /// statement may run.
    var silenceLimit: Int32 {
        guard let statementTimeout else { return 600_000 }
        return Int32(clamping: statementTimeout.milliseconds + 5_000)
    }

    /// The session's limits by the names of the server's settings.
    var limits: [(name: String, value: String)] {
        [
            ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ].compactMap { name, limit in limit.map { (name, "\($0.milliseconds)") } }
    }

    /// Sets limits for the transaction under way; `nil` when there are none.
    static func setting(_ limits: [(name: String, value: String)]) -> Query? {
        limits.isEmpty ? nil : "SELECT \(limits.map { "set_config(\($0.name), \($0.value), TRUE)" as Query }.joined(separator: ", "))"
    }

    /// libpq's parameters: those of the connection string, and our own where it has none.
    ///
    /// - Throws: ``PostgresError/Code/connectionFailed`` for a connection string that libpq doesn't understand.
    func keywords() throws(PostgresError) -> [(name: String, value: String)] {
        var keywords = try LibpqConnection.parse(connectionString: url)
        // For libpq such values mean a wait without end.
        keywords.removeAll { keyword in keyword.name == "connect_timeout" && Int(keyword.value).map { $0 <= 0 } == true }
        func add(_ name: String, _ value: String) {
            if !keywords.contains(where: { $0.name == name }) { keywords.append((name, value)) }
        }
        add("connect_timeout", "\(max(2, (connectTimeout.milliseconds + 999) / 1000))")
        // This notices a peer that vanished within seconds rather than hours.
        add("tcp_user_timeout", "5000")
        add("keepalives_idle", "10")
        add("keepalives_interval", "5")
        add("keepalives_count", "3")
        add("application_name", applicationName)
        keywords.removeAll { $0.name == "client_encoding" }
        keywords.append(("client_encoding", "UTF8"))
        if preparedStatements {
            let plans = keepsPlans ? [(name: "plan_cache_mode", value: "force_generic_plan")] : []
            let options = (limits + plans).map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")
            if let index = keywords.firstIndex(where: { $0.name == "options" }) {
                // Of two values the later one counts, which is the connection string's.
                keywords[index].value = "\(options) \(keywords[index].value)"
            } else {
                keywords.append(("options", options))
            }
        }
        return keywords
    }
}

extension PostgresConnectionConfiguration: CustomStringConvertible, CustomReflectable {
    /// A description without the connection string, which holds a password that must not get into a log.
    package var description: String { "connection of \(applicationName)" }
    package var customMirror: Mirror { Mirror(self, children: ["applicationName": applicationName]) }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

/// Notifies observers that a connection to the database was made. Others that pause before another attempt can then connect too.
package final class Reachability: Sendable {
    private let observers = Mutex<[@Sendable () -> Void]>([])

    /// Calls a closure after each new connection, on the connection's thread: it must be quick.
    func observe(_ observer: @escaping @Sendable () -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func reached() {
        for observer in observers.withLock(\.self) { observer() }
    }
}
