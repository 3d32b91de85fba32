package import Database

/// Makes transactions that pay orders stand still at a place in their writes, for as long as a test holds the brake. Their own limit for
/// waiting on locks doesn't matter.
package struct NoticeBrake: Sendable {
    package enum Place: Sendable {
        /// The payments and the orders are written, the ledger and the tickets aren't.
        case inTheWrites
        /// In the COMMIT.
        case inTheCommit
    }

    private let place: Place
    private let showtimeID: Int64?
    private let least: Int

    /// - Parameters:
    ///   - showtimeID: only its orders count; `nil` for all.
    ///   - least: how many orders a transaction has to pay in order to be stopped.
    package init(_ place: Place, showtimeID: Int64? = nil, least: Int = 1) {
        self.place = place
        self.showtimeID = showtimeID
        self.least = least
    }

    /// The advisory lock, one for each showtime.
    private var key: Int64 { 7_202_000 + (showtimeID ?? 0) }

    /// Prepares a test's database.
    package func install(in database: some PostgresSession) async throws {
        let name = "settlement_brake_\(key)"
        let condition = showtimeID.map { "AND showtime_id = \($0)" } ?? ""
        try await database.execute(
            Query(
                unsafeSQL: """
                    CREATE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0
                    AS $$
                    BEGIN
                        IF (
                            SELECT count(*)
                            FROM orders
                            WHERE state = 'paid'
                                AND xmin = pg_current_xact_id()::xid
                                \(condition)
                        ) >= \(least) THEN
                            PERFORM pg_advisory_xact_lock(\(key));
                        END IF;
                        RETURN NEW;
                    END
                    $$
                    """))
        let trigger =
            switch place {
            case .inTheWrites: "TRIGGER \(name) BEFORE INSERT ON ledger_entries"
            // The trigger is deferred, so it runs during COMMIT.
            case .inTheCommit: "CONSTRAINT TRIGGER \(name) AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED"
            }
        try await database.execute(Query(unsafeSQL: "CREATE \(trigger) FOR EACH ROW EXECUTE FUNCTION \(name)()"))
    }

    package func hold(in configuration: PostgresConnectionConfiguration) async throws -> HeldLock {
        try await HeldLock("SELECT pg_advisory_xact_lock(\(key))", in: configuration)
    }
}
