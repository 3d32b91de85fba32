import Database

/// Whether showtimes are sold, as conditions on their rows and those of their `cinemas`, `merchants` and `movies`. They stand beside the movies,
/// whose states follow from them too.
enum ShowtimeSale {
    /// Whether the merchant may show the movie on the day on which the showtime starts, by the cinema's clock.
    static let isRightGranted: Query = """
        EXISTS (
            SELECT
            FROM screening_rights
            WHERE screening_rights.merchant_id = showtimes.merchant_id
                AND screening_rights.movie_id = showtimes.movie_id
                AND screening_rights.state = 'granted'
                AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date
                    BETWEEN screening_rights.valid_from AND screening_rights.valid_to
        )
        """

    /// Whether nothing but its times and its cinema forbids the sale of a showtime.
    static let mayBeSold: Query = """
        merchants.verified_at IS NOT NULL
            AND movies.pinned_state IS DISTINCT FROM 'ended'
            AND \(isRightGranted)
        """

    /// Whether a showtime is still to come and sold now or later, as ``SaleWindow/state(at:)`` says. The statement's time is a condition of an
    /// index, as `clock_timestamp()` can't be.
    static let isUpcomingNotClosed: Query = """
        showtimes.starts_at > statement_timestamp()
            AND showtimes.cancelled_at IS NULL
            AND showtimes.closed_at IS NULL
            AND coalesce(showtimes.sale_closes_at > statement_timestamp(), TRUE)
            AND \(mayBeSold)
        """

    /// Whether it is sold now.
    static let isUpcomingOnSale: Query = """
        \(isUpcomingNotClosed)
            AND coalesce(showtimes.sale_opens_at <= statement_timestamp(), TRUE)
        """
}
