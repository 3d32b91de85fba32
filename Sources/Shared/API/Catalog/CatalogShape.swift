package import HTTP
package import Shared

/// Movies and companies as all services show them.
package enum CatalogShape {
    package static let credit = Shape<Credit>(
        "Credit",
        .text("name", "The person's name.", example: "Zhang Yimou") { $0.name },
        .enumeration("role", "What the person did.", example: "director") { $0.role }
    )

    /// A movie in a list, without its people.
    package static let movie = Shape<Movie>(
        "MovieSummary",
        .id("id", "Number of the movie.", example: "12") { $0.id },
        .text("title", "Title.", example: "Hero") { $0.title },
        .int("duration_min", "Length in minutes, without trailers.", example: "99") { $0.durationMin },
        .day("release_date", "The day of its release.", example: "2002-10-24") { $0.releaseDate },
        .id("company_id", "The company behind it.", example: "3") { $0.companyID },
        .text("company_name", "The company's name.", example: "New Picture") { $0.companyName },
        .texts("formats", "In which it can be shown.", example: #"["2D", "IMAX"]"#) { $0.formats },
        .texts("languages", "In which it can be heard.", example: #"["Mandarin"]"#) { $0.languages },
        .texts("genres", "Kinds of movie that it is.", example: #"["Action"]"#) { $0.genres },
        .int("minimum_price_fen", "The least that a ticket may cost, in fen.", example: "3000") { $0.minimumPriceFen },
        .enumeration("state", "Where it stands in its life in the cinemas.", example: "showing") { $0.state },
        .int(
            "showtimes_today", "With `city_id`: how many showtimes there are still to come on this business day, and on sale.",
            example: "42", absentWhenNil: true
        ) { $0.today?.showtimes },
        .int("cinemas_today", "With `city_id`: how many cinemas have one of these.", example: "7", absentWhenNil: true) {
            $0.today?.cinemas
        }
    )

    /// A single movie, with its people.
    package static let detail = Shape<MovieDetail>(
        "Movie",
        .fields(of: movie) { $0.movie },
        .list("people", credit, "Who made it, in the order of the credits.") { $0.people }
    )

    package static let company = Shape<Company>(
        "Company",
        .id("id", "Number of the company.", example: "3") { $0.id },
        .text("name", "Name.", example: "New Picture") { $0.name },
        .timestamp("created_at", "When it was added.") { $0.createdAt }
    )
}
