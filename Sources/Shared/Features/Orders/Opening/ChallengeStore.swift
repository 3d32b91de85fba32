import Database
import Foundation

/// Challenges that opened an order. Each is kept until it could no longer be answered.
///
/// A challenge fits one showtime, and a transaction that uses it up holds that showtime's lock. So no challenge can be used twice between
/// reading and writing.
struct ChallengeStore: Sendable {
    /// Selects those of the challenges that are used up.
    static func used(_ ids: [String]) -> Query {
        """
        SELECT id
        FROM used_challenges
        WHERE id = ANY (\(ids)::text[])
        """
    }

    static func recording(_ challenges: [UsedChallenge]) -> Query {
        """
        INSERT INTO used_challenges (id, expires_at)
        SELECT id, expires_at
        FROM unnest(\(challenges.map(\.id))::text[], \(challenges.map(\.expiresAt))::timestamptz[]) AS used (id, expires_at)
        """
    }

    /// Deletes challenges whose time is over, at most `limit`.
    ///
    /// - Returns: how many it deleted.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM used_challenges
            WHERE id IN (
                SELECT id
                FROM used_challenges
                WHERE expires_at < statement_timestamp() - INTERVAL '1 hour'
                ORDER BY expires_at
                LIMIT \(limit)
            )
            """
        )
    }
}
