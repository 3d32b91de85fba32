import API
import Database
import HTTP
import Shared
import Text

/// The bodies about movies and companies.
enum CatalogBody {
    private static let credit = Body<Credit>(
        "NewCredit",
        Field<String>.required("name", .name(1...100), "The person's name.", example: "Zhang Yimou"),
        Field<Credit.Role>.required("role", .enumeration(Credit.Role.self), "What the person did.", example: "director")
    ) { Credit(name: $0, role: $1) }

    private static let formats = FieldKind<[String]>.array(of: .name(1...20), 1...20)
    private static let languages = FieldKind<[String]>.array(of: .name(1...50), 1...50)
    private static let genres = FieldKind<[String]>.array(of: .name(1...50), 0...50)
    private static let people = FieldKind<[Credit]>.array(of: .object(credit), 0...500)
    private static let price = FieldKind<Int64>.int(0...10_000_000)

    /// The most bytes that a movie with all its people takes.
    static let maximumMovieBytes = 262_144

    static let newMovie = Body<NewMovie>(
        "NewMovie",
        Field<String>.required("title", .name(1...200), "Title.", example: "Hero"),
        Field<Int>.required("duration_min", .int(1...1000), "Length in minutes, without trailers.", example: "99"),
        Field<CalendarDay>.required("release_date", .day(CalendarDay.self), "The day of its release.", example: "2002-10-24"),
        Field<Int64?>.nullable("company_id", .id, "The company behind it.", example: "3"),
        Field<[String]>.required("formats", formats, "In which it can be shown.", example: #"["2D", "IMAX"]"#),
        Field<[String]>.required("languages", languages, "In which it can be heard.", example: #"["Mandarin"]"#),
        Field<[String]>.defaulted("genres", genres, "Kinds of movie that it is.", default: [], example: #"["Action"]"#),
        Field<Int64>.required("minimum_price_fen", price, "The least that a ticket may cost, in fen.", example: "3000"),
        Field<MovieState>.required(
            "state", .enumeration(MovieState.self), "Where it stands in its life in the cinemas.", example: "showing"),
        Field<[Credit]>.defaulted("people", people, "Who made it, in the order of the credits.", default: [])
    ) { title, duration, releaseDate, company, formats, languages, genres, price, state, people in
        NewMovie(
            title: title, durationMin: duration, releaseDate: releaseDate, companyID: company, formats: formats, languages: languages,
            genres: genres, minimumPriceFen: price, state: state, people: people
        )
    }

    static let movieChange = Body<MovieChange>(
        "MovieChange",
        Field<String?>.optional("title", .name(1...200), "Another title.", example: "英雄"),
        Field<Int?>.optional("duration_min", .int(1...1000), "Another length in minutes.", example: "107"),
        Field<CalendarDay?>.optional("release_date", .day(CalendarDay.self), "Another day of release.", example: "2002-12-19"),
        Field<Int64??>.clearable("company_id", .id, "Another company behind it; null: none.", example: "3"),
        Field<[String]?>.optional("formats", formats, "Other formats, all anew.", example: #"["2D"]"#),
        Field<[String]?>.optional("languages", languages, "Other languages, all anew.", example: #"["Mandarin"]"#),
        Field<[String]?>.optional("genres", genres, "Other genres, all anew.", example: #"["Drama"]"#),
        Field<Int64?>.optional("minimum_price_fen", price, "Another least price of a ticket, in fen.", example: "3500"),
        Field<MovieState?>.optional("state", .enumeration(MovieState.self), "Where it stands now.", example: "ended"),
        Field<[Credit]?>.optional("people", people, "Other people, all anew.")
    ) { title, duration, releaseDate, company, formats, languages, genres, price, state, people in
        MovieChange(
            title: title, durationMin: duration, releaseDate: releaseDate, companyID: company, formats: formats, languages: languages,
            genres: genres, minimumPriceFen: price, state: state, people: people
        )
    }

    /// A company, which has only a name.
    static let newCompany = Body<String>(
        "NewCompany",
        Field<String>.required("name", .name(1...200), "Name.", example: "New Picture")
    ) { $0 }
}
