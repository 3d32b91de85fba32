package import Database

/// Makes transactions that have opened orders stand still in their COMMIT, for as long as a test holds the brake.
package enum CommitBrake {
    private static let key: Int64 = 7_201

    /// Prepares a test's database.
    ///
    /// - Parameter showtimeID: only its orders are stopped; `nil` for all.
    package static func install(showtimeID: Int64? = nil, in database: some PostgresSession) async throws {
        let condition = showtimeID.map { "WHEN (NEW.showtime_id = \($0))" } ?? ""
        try await database.execute(
            Query(
                unsafeSQL: """
                    CREATE FUNCTION brake() RETURNS trigger LANGUAGE plpgsql
                    AS $$
                    BEGIN
                        PERFORM set_config('lock_timeout', '0', TRUE);
                        PERFORM pg_advisory_xact_lock(\(key));
                        RETURN NEW;
                    END
                    $$
                    """))
        // The trigger is deferred, so it runs during COMMIT.
        try await database.execute(
            Query(
                unsafeSQL: """
                    CREATE CONSTRAINT TRIGGER brake AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW \(condition) EXECUTE FUNCTION brake()
                    """))
    }

    package static func hold(in configuration: PostgresConnectionConfiguration) async throws -> HeldLock {
        try await HeldLock("SELECT pg_advisory_xact_lock(\(key))", in: configuration)
    }
}
