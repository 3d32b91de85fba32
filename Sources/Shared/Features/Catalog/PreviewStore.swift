import Database

/// Marks showtimes as previews whose movie is released later than was thought.
struct PreviewStore: Sendable {
    /// Marks those to come that are before the release day, as it is now, of their movie, by the index on movie and start. The movies are locked,
    /// so that nobody schedules others meanwhile; showtimes are locked in the order of their ids.
    func mark(movieIDs: [Int64], in transaction: PostgresTransaction) async throws {
        guard !movieIDs.isEmpty else { return }
        try await transaction.execute(
            """
            WITH early AS MATERIALIZED (
                SELECT showtimes.id
                FROM showtimes
                JOIN movies ON movies.id = showtimes.movie_id
                JOIN cinemas ON cinemas.id = showtimes.cinema_id
                WHERE showtimes.movie_id = ANY (\(movieIDs)::bigint[])
                    AND showtimes.starts_at > statement_timestamp()
                    AND showtimes.cancelled_at IS NULL
                    AND NOT showtimes.preview
                    AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date < movies.release_date
                ORDER BY showtimes.id
                FOR NO KEY UPDATE OF showtimes
            )
            UPDATE showtimes
            SET preview = TRUE,
                version = showtimes.version + 1
            FROM early
            WHERE showtimes.id = early.id
            """
        )
    }
}
