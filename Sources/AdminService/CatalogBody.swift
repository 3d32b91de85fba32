import API
import Database
import HTTP
import Shared
import Text

/// The bodies about movies, people and companies.
enum CatalogBody {
    private static let credit = Body<NewCredit>(
        "NewCredit",
        Field<Int64?>.optional(
            "person_id", .id, "The person; not needed with a name that one person has or none.", isInExample: false),
        Field<String?>.optional(
            "name", .name(1...100), "The name: of the one person that has it, or of a new one. Beside an id it is that person's.",
            example: "Jet Li"),
        Field<Credit.Role>.required("role", .enumeration(Credit.Role.self), "What the person did.", example: "actor"),
        Field<String?>.nullable("character", .name(1...200), "Whom an actor plays.", example: "Nameless")
    ) { personID, name, role, character in
        guard personID != nil || name != nil else { throw FieldIssue("/name", "missing") }
        return NewCredit(personID: personID, name: name, role: role, character: character)
    }

    private static let movieCompany = Body<NewMovieCompany>(
        "NewMovieCompany",
        Field<Int64?>.optional("company_id", .id, "The company; not needed with a name.", isInExample: false),
        Field<String?>.optional(
            "name", .name(1...200), "The name: of the company that has it, or of a new one. Beside an id it is that company's.",
            example: "New Picture"),
        Field<MovieCompany.Role>.required("role", .enumeration(MovieCompany.Role.self), "What the company did.", example: "production")
    ) { companyID, name, role in
        guard companyID != nil || name != nil else { throw FieldIssue("/name", "missing") }
        return NewMovieCompany(companyID: companyID, name: name, role: role)
    }

    private static let formats = FieldKind<[String]>.array(of: .name(1...20), 1...20)
    private static let languages = FieldKind<[String]>.array(of: .name(1...50), 1...50)
    private static let genres = FieldKind<[String]>.array(of: .name(1...50), 0...50)
    private static let people = FieldKind<[NewCredit]>.array(of: .object(credit), 0...500)
    private static let companies = FieldKind<[NewMovieCompany]>.array(of: .object(movieCompany), 0...50)
    private static let titles = FieldKind<[String]>.array(of: .name(1...200), 0...20)
    private static let countries = FieldKind<[String]>.array(of: .name(1...50), 0...50)
    /// https only, in ASCII: what else an address may have is percent-encoded.
    private static let url = FieldKind<String>.text(1...2000, pattern: #"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?$"#)
    private static let trailers = FieldKind<[String]>.array(of: url, 0...20)
    private static let filmCode = FieldKind<String>.text(12...12, pattern: #"^[0-9]{3}[0-9A-Za-z]{5}[0-9]{4}$"#)
    private static let eidr = FieldKind<String>.text(34...34, pattern: #"^10\.5240/([0-9A-F]{4}-){5}[0-9A-Z]$"#)
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
        Field<MovieState?>.nullable(
            "state", .enumeration(MovieState.self),
            "Pins where it stands in its life in the cinemas; without it that follows from its dates and showtimes.", example: "showing"),
        Field<String?>.nullable("original_title", .name(1...200), "Title in the language in which it was made.", example: "英雄"),
        Field<[String]>.defaulted(
            "other_titles", titles, "Under which people know it too.", default: [], example: #"["Ying xiong"]"#),
        Field<String?>.nullable("synopsis", .freeText(1...5000), "What it tells.", example: "Three assassins and a king."),
        Field<[String]>.defaulted("countries", countries, "Where it was made.", default: [], example: #"["China"]"#),
        Field<String?>.nullable(
            "content_notice", .freeText(1...500), "What the audience should know beforehand.", example: "Fights with swords."),
        Field<CalendarDay?>.nullable(
            "preview_date", .day(CalendarDay.self), "The first day of showings before the release.", example: "2002-10-20"),
        Field<[String]>.defaulted(
            "trailers", trailers, "URLs of trailers.", default: [], example: #"["https://video.example.com/hero"]"#),
        Field<String?>.nullable(
            "film_code", filmCode, "The national platform's code: country, medium, number and year of the licence.",
            example: "001106752002"),
        Field<String?>.nullable("eidr", eidr, "The id in the EIDR registry.", example: "10.5240/7EC7-228A-510A-053E-CBB8-J"),
        Field<[NewCredit]>.defaulted("people", people, "Who made it, in the order of the credits.", default: []),
        Field<[NewMovieCompany]>.defaulted(
            "companies", companies, "The companies that have made or distribute it.", default: []),
        make: newMovie
    )

    private static func newMovie(
        title: String, durationMin: Int, releaseDate: CalendarDay, companyID: Int64?, formats: [String], languages: [String],
        genres: [String], minimumPriceFen: Int64, state: MovieState?, originalTitle: String?, otherTitles: [String], synopsis: String?,
        countries: [String], contentNotice: String?, previewDate: CalendarDay?, trailers: [String], filmCode: String?, eidr: String?,
        people: [NewCredit], companies: [NewMovieCompany]
    ) -> NewMovie {
        let content = contentChange(
            originalTitle: .some(originalTitle), otherTitles: otherTitles, synopsis: .some(synopsis), countries: countries,
            contentNotice: .some(contentNotice), previewDate: .some(previewDate), trailers: trailers, filmCode: .some(filmCode),
            eidr: .some(eidr)
        ).applied(to: MovieContent())
        return NewMovie(
            title: title, durationMin: durationMin, releaseDate: releaseDate, companyID: companyID, formats: formats,
            languages: languages, genres: genres, minimumPriceFen: minimumPriceFen, state: state, content: content, people: people,
            companies: companies
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
        Field<MovieState??>.clearable(
            "state", .enumeration(MovieState.self), "Pins where it stands; null: that follows from its dates and showtimes.",
            example: "ended"),
        Field<String??>.clearable("original_title", .name(1...200), "Another original title; null: none.", example: "Ying xiong"),
        Field<[String]?>.optional("other_titles", titles, "Other titles, all anew.", example: #"["Hero"]"#),
        Field<String??>.clearable("synopsis", .freeText(1...5000), "Another synopsis; null: none.", example: "A king and an assassin."),
        Field<[String]?>.optional("countries", countries, "Other countries, all anew.", example: #"["China"]"#),
        Field<String??>.clearable(
            "content_notice", .freeText(1...500), "Another notice; null: none.", example: "Fights with swords."),
        Field<CalendarDay??>.clearable(
            "preview_date", .day(CalendarDay.self), "Another first day of showings before the release; null: none.",
            example: "2002-12-14"),
        Field<[String]?>.optional("trailers", trailers, "Other trailers, all anew.", example: #"["https://video.example.com/hero-2"]"#),
        Field<String??>.clearable("film_code", filmCode, "Another film code; null: none.", example: "001106762002"),
        Field<String??>.clearable("eidr", eidr, "Another EIDR; null: none.", example: "10.5240/F592-583D-2B4C-0B8C-C2A1-Y"),
        Field<[NewCredit]?>.optional("people", people, "Other people, all anew."),
        Field<[NewMovieCompany]?>.optional("companies", companies, "Other companies, all anew."),
        make: movieChange
    )

    private static func movieChange(
        title: String?, durationMin: Int?, releaseDate: CalendarDay?, companyID: Int64??, formats: [String]?, languages: [String]?,
        genres: [String]?, minimumPriceFen: Int64?, state: MovieState??, originalTitle: String??, otherTitles: [String]?,
        synopsis: String??, countries: [String]?, contentNotice: String??, previewDate: CalendarDay??, trailers: [String]?,
        filmCode: String??, eidr: String??, people: [NewCredit]?, companies: [NewMovieCompany]?
    ) -> MovieChange {
        let content = contentChange(
            originalTitle: originalTitle, otherTitles: otherTitles, synopsis: synopsis, countries: countries,
            contentNotice: contentNotice, previewDate: previewDate, trailers: trailers, filmCode: filmCode, eidr: eidr)
        return MovieChange(
            title: title, durationMin: durationMin, releaseDate: releaseDate, companyID: companyID, formats: formats,
            languages: languages, genres: genres, minimumPriceFen: minimumPriceFen, state: state, content: content, people: people,
            companies: companies
        )
    }

    private static func contentChange(
        originalTitle: String??, otherTitles: [String]?, synopsis: String??, countries: [String]?, contentNotice: String??,
        previewDate: CalendarDay??, trailers: [String]?, filmCode: String??, eidr: String??
    ) -> MovieContentChange {
        var content = MovieContentChange()
        content.originalTitle = originalTitle
        content.otherTitles = otherTitles
        content.synopsis = synopsis
        content.countries = countries
        content.contentNotice = contentNotice
        content.previewDate = previewDate
        content.trailers = trailers
        content.filmCode = filmCode
        content.eidr = eidr
        return content
    }

    static let newPerson = Body<NewPerson>(
        "NewPerson",
        Field<String>.required("name", .name(1...100), "Name. Several people may have it.", example: "Jet Li"),
        Field<[String]>.defaulted(
            "other_names", otherNames, "Stage names, and the name in other languages.", default: [],
            example: #"["李连杰"]"#),
        Field<String?>.nullable("biography", .freeText(1...2000), "The person's life in short.", example: "Actor and martial artist.")
    ) { NewPerson(name: $0, otherNames: $1, biography: $2) }

    static let personChange = Body<PersonChange>(
        "PersonChange",
        Field<String?>.optional("name", .name(1...100), "Another name.", example: "李连杰"),
        Field<[String]?>.optional("other_names", otherNames, "Other names, all anew.", example: #"["Jet Li"]"#),
        Field<String??>.clearable("biography", .freeText(1...2000), "Another short life; null: none.", example: "Actor, born in Beijing.")
    ) { PersonChange(name: $0, otherNames: $1, biography: $2) }

    private static let otherNames = FieldKind<[String]>.array(of: .name(1...100), 0...20)

    /// A company, which has only a name.
    static let newCompany = Body<String>(
        "NewCompany",
        Field<String>.required("name", .name(1...200), "Name.", example: "New Picture")
    ) { $0 }
}
