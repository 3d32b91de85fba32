import Database

/// Adds up the figures of showtimes. Writes nothing.
struct BoxOfficeStore: Sendable {
    /// The position of an entry in the ranking.
    struct Key: Sendable {
        let boxOfficeFen: Int64
        let member: Int64
    }

    /// An entry with the number of its member: an id, days since 2000 for a day, 0 for the total and for no company.
    struct Row: Sendable {
        let entry: BoxOfficeEntry
        let member: Int64
    }

    /// Entries by box office, one more than the limit.
    func boxOffice(
        by dimension: BoxOfficeDimension, from first: CalendarDay?, to last: CalendarDay?, after key: Key?, limit: Int,
        in session: some PostgresSession
    ) async throws -> [Row] {
        var period: Query = ""
        if let first { period = "\(period) AND figures.business_day >= \(first)::date" }
        if let last { period = "\(period) AND figures.business_day <= \(last)::date" }
        var start: Query = ""
        if let key {
            start = """
                WHERE sums.box_office_fen < \(key.boxOfficeFen)::bigint
                    OR sums.box_office_fen = \(key.boxOfficeFen)::bigint AND sums.member > \(key.member)::bigint
                """
        }
        return try await session.rows(
            """
            WITH sums AS (
                SELECT
                    \(dimension.member) AS member,
                    sum(figures.box_office_fen)::bigint AS box_office_fen,
                    sum(figures.service_fee_fen)::bigint AS service_fee_fen,
                    sum(figures.tickets) AS tickets,
                    sum(figures.orders) AS orders
                FROM showtime_figures AS figures
                \(dimension.join)
                WHERE figures.tickets > 0
                    \(period)
                GROUP BY 1
            )
            SELECT
                sums.member,
                \(dimension.name) AS name,
                \(dimension.day) AS day,
                sums.box_office_fen,
                sums.service_fee_fen,
                sums.tickets,
                sums.orders
            FROM sums
            \(start)
            ORDER BY sums.box_office_fen DESC, sums.member
            LIMIT \(limit + 1)
            """
        ) { row in
            let member: Int64 = try row["member"]
            let hasID = dimension != .day && dimension != .total && member != 0
            return Row(
                entry: BoxOfficeEntry(
                    dimension: dimension,
                    id: hasID ? member : nil,
                    name: try row["name"],
                    day: try row["day"],
                    boxOfficeFen: try row["box_office_fen"],
                    serviceFeeFen: try row["service_fee_fen"],
                    tickets: try row["tickets"],
                    orders: try row["orders"]
                ),
                member: member
            )
        }
    }
}

extension BoxOfficeDimension {
    /// The member that a showtime's figures are counted for, as a BIGINT.
    fileprivate var member: Query {
        switch self {
        case .movie: "figures.movie_id"
        case .cinema: "figures.cinema_id"
        case .company: "coalesce(movies.company_id, 0)"
        case .city: "figures.city_id"
        case .day: "(figures.business_day - DATE '2000-01-01')::bigint"
        case .total: "0::bigint"
        }
    }

    /// Joins the table that has the member, where the figures don't have it.
    fileprivate var join: Query {
        switch self {
        case .company: "JOIN movies ON movies.id = figures.movie_id"
        case .movie, .cinema, .city, .day, .total: ""
        }
    }

    /// The member's name. It is read only for the rows of the page.
    fileprivate var name: Query {
        switch self {
        case .movie: "(SELECT title FROM movies WHERE id = sums.member)"
        case .cinema: "(SELECT name FROM cinemas WHERE id = sums.member)"
        case .company: "(SELECT name FROM companies WHERE id = sums.member)"
        case .city: "(SELECT name FROM cities WHERE id = sums.member)"
        case .day, .total: "NULL::text"
        }
    }

    /// The member as a day; an id need not fit one.
    fileprivate var day: Query {
        self == .day ? "DATE '2000-01-01' + sums.member::integer" : "NULL::date"
    }
}
