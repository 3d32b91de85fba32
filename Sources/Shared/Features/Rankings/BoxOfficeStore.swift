import Callers
import Database
import Text

/// Adds up the figures of showtimes. Writes nothing.
struct BoxOfficeStore: Sendable {
    /// Entries by box office.
    func boxOffice(
        by dimension: BoxOfficeDimension, from first: CalendarDay?, to last: CalendarDay?, page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<BoxOfficeEntry> {
        let conditions: [Query?] = [
            "showtime_figures.tickets > 0",
            first.map { "showtime_figures.business_day >= \($0)::date" },
            last.map { "showtime_figures.business_day <= \($0)::date" },
        ]
        let start: Query? = try page.keys(count: 2).map { keys in
            guard let boxOffice = Int64(keys[0]), let member = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return """
                (
                    sums.box_office_fen < \(boxOffice)::bigint
                    OR sums.box_office_fen = \(boxOffice)::bigint AND sums.member > \(member)::bigint
                )
                """
        }
        let rows = try await session.rows(
            """
            WITH sums AS (
                SELECT
                    \(dimension.member) AS member,
                    sum(showtime_figures.box_office_fen)::bigint AS box_office_fen,
                    sum(showtime_figures.service_fee_fen)::bigint AS service_fee_fen,
                    sum(showtime_figures.tickets) AS tickets,
                    sum(showtime_figures.orders) AS orders
                FROM showtime_figures
                \(dimension.join)
                WHERE \(conditions.conjunction)
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
            WHERE \(start ?? "TRUE")
            ORDER BY sums.box_office_fen DESC, sums.member
            LIMIT \(page.rowLimit)
            """
        ) { row -> (entry: BoxOfficeEntry, member: Int64) in
            // Of what the entry is about: an id, days since 2000 for a day, 0 for nothing.
            let member: Int64 = try row["member"]
            let hasID = dimension != .day && dimension != .total && member != 0
            let entry = BoxOfficeEntry(
                dimension: dimension,
                id: hasID ? member : nil,
                name: try row["name"],
                day: try row["day"],
                boxOfficeFen: try row["box_office_fen"],
                serviceFeeFen: try row["service_fee_fen"],
                tickets: try row["tickets"],
                orders: try row["orders"]
            )
            return (entry: entry, member: member)
        }
        let ranked = Page(rows, request: page) { ["\($0.entry.boxOfficeFen)", "\($0.member)"] }
        return Page(items: ranked.items.map(\.entry), next: ranked.next)
    }
}

extension BoxOfficeDimension {
    /// The member that a showtime's figures are counted for, as a BIGINT.
    fileprivate var member: Query {
        switch self {
        case .movie: "showtime_figures.movie_id"
        case .cinema: "showtime_figures.cinema_id"
        case .company: "coalesce(movies.company_id, 0)"
        case .city: "showtime_figures.city_id"
        case .day: "(showtime_figures.business_day - DATE '2000-01-01')::bigint"
        case .total: "0::bigint"
        }
    }

    /// Joins the table that has the member, where the figures don't have it.
    fileprivate var join: Query {
        switch self {
        case .company: "JOIN movies ON movies.id = showtime_figures.movie_id"
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
