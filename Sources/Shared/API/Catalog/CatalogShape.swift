package import HTTP
package import Shared

/// Movies, people and companies as all services show them.
package enum CatalogShape {
    package static let credit = Shape<Credit>(
        "Credit",
        .id("person_id", "Number of the person.", example: "8") { $0.personID },
        .text("name", "The person's name.", example: "Jet Li") { $0.name },
        .enumeration("role", "What the person did.", example: "actor") { $0.role },
        .text("character", "Whom an actor plays.", example: "Nameless") { $0.character },
        .object("portrait", PictureShape.picture, "The person's portrait; null for none.") { $0.portrait }
    )

    package static let movieCompany = Shape<MovieCompany>(
        "MovieCompany",
        .id("company_id", "Number of the company.", example: "3") { $0.companyID },
        .text("name", "The company's name.", example: "New Picture") { $0.name },
        .enumeration("role", "What the company did.", example: "production") { $0.role }
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
        .object("poster", PictureShape.picture, "Its poster; null for none.") { $0.poster },
        .int(
            "showtimes_today", "With `city_id`: how many showtimes there are still to come on this business day, and on sale.",
            example: "42", absentWhenNil: true
        ) { $0.today?.showtimes },
        .int("cinemas_today", "With `city_id`: how many cinemas have one of these.", example: "7", absentWhenNil: true) {
            $0.today?.cinemas
        }
    )

    /// A single movie, with its content, people and companies.
    package static let detail = Shape<MovieDetail>(
        "Movie",
        .fields(of: movie) { $0.movie },
        .bool("state_pinned", "Whether somebody has set the state; otherwise it follows from dates and showtimes.", example: "false") {
            $0.movie.pinnedState != nil
        },
        .text("original_title", "Title in the language in which it was made.", example: "英雄") { $0.content.originalTitle },
        .texts("other_titles", "Under which people know it too.", example: #"["Ying xiong"]"#) { $0.content.otherTitles },
        .text("synopsis", "What it tells.", example: "A nameless man tells the king of Qin how he defeated three assassins.") {
            $0.content.synopsis
        },
        .texts("countries", "Where it was made.", example: #"["China"]"#) { $0.content.countries },
        .text("content_notice", "What the audience should know beforehand.", example: "Children under 13 need an adult's company.") {
            $0.content.contentNotice
        },
        .day("preview_date", "The first day of showings before the release.", example: "2002-10-20") { $0.content.previewDate },
        .texts("trailers", "URLs of trailers.", example: #"["https://video.example.com/hero"]"#) { $0.content.trailers },
        .text("film_code", "The national platform's code.", example: "001106752002") { $0.content.filmCode },
        .text("eidr", "The id in the EIDR registry.", example: "10.5240/7EC7-228A-510A-053E-CBB8-J") { $0.content.eidr },
        .list("people", credit, "Who made it, in the order of the credits.") { $0.people },
        .list("companies", movieCompany, "The companies that have made or distribute it.") { $0.companies },
        .list("stills", PictureShape.picture, "Pictures out of it.") { $0.stills }
    )

    package static let person = Shape<Person>(
        "Person",
        .id("id", "Number of the person.", example: "8") { $0.id },
        .text("name", "Name. Several people may have it.", example: "Jet Li") { $0.name },
        .texts("other_names", "Stage names, and the name in other languages.", example: #"["李连杰"]"#) { $0.otherNames },
        .text("biography", "The person's life in short.", example: "Actor and martial artist, born in Beijing.") { $0.biography },
        .object("portrait", PictureShape.picture, "The person's portrait; null for none.") { $0.portrait }
    )

    package static let personCredit = Shape<PersonCredit>(
        "PersonCredit",
        .object("movie", movie, "The movie.") { $0.movie },
        .enumeration("role", "What the person did.", example: "actor") { $0.role },
        .text("character", "Whom an actor plays.", example: "Nameless") { $0.character }
    )

    package static let company = Shape<Company>(
        "Company",
        .id("id", "Number of the company.", example: "3") { $0.id },
        .text("name", "Name.", example: "New Picture") { $0.name },
        .timestamp("created_at", "When it was added.") { $0.createdAt }
    )
}
