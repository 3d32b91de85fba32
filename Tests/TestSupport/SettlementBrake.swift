package import Database

/// Makes transactions that pay orders stand still at a place in their writes, for as long as a test holds the brake: however short a wait for
/// locks they allow themselves.
package enum SettlementBrake: Sendable {
    /// The payments and the orders are written, the books and the tickets aren't.
    case inTheWrites
    /// In the COMMIT.
    case inTheCommit

    private static let key: Int64 = 7_202

    /// Prepares a test's database.
    ///
    /// - Parameter least: how many orders a transaction has to pay to be stopped.
    package func install(least: Int = 1, in database: some PostgresSession) async throws {
        try await database.execute(
            Query(
                unsafeSQL: """
                    CREATE FUNCTION settlement_brake() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0
                    AS $$
                    BEGIN
                        IF (SELECT count(*) FROM orders WHERE state = 'paid' AND xmin = pg_current_xact_id()::xid) >= \(least) THEN
                            PERFORM pg_advisory_xact_lock(\(Self.key));
                        END IF;
                        RETURN NEW;
                    END
                    $$
                    """))
        let place =
            switch self {
            case .inTheWrites: "TRIGGER settlement_brake BEFORE INSERT ON ledger_entries"
            // Deferred: it runs when COMMIT does.
            case .inTheCommit: "CONSTRAINT TRIGGER settlement_brake AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED"
            }
        try await database.execute(Query(unsafeSQL: "CREATE \(place) FOR EACH ROW EXECUTE FUNCTION settlement_brake()"))
    }

    package func hold(in configuration: PostgresConnectionConfiguration) async throws -> HeldLock {
        try await HeldLock("SELECT pg_advisory_xact_lock(\(Self.key))", in: configuration)
    }
}
