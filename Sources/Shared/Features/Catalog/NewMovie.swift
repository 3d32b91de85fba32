import Database
package import Text

/// A movie that an administrator adds. The bounds of single fields have been checked with the request body.
package struct NewMovie: Hashable, Sendable {
    package var title: String
    /// Minutes.
    package var durationMin: Int
    package var releaseDate: CalendarDay
    package var companyID: Int64?
    package var formats: [String]
    package var languages: [String]
    package var genres: [String]
    /// Fen.
    package var minimumPriceFen: Int64
    /// `nil`: follows from its dates and showtimes.
    package var state: MovieState?
    package var content: MovieContent
    package var people: [NewCredit]
    package var companies: [NewMovieCompany]

    package init(
        title: String,
        durationMin: Int,
        releaseDate: CalendarDay,
        companyID: Int64? = nil,
        formats: [String],
        languages: [String],
        genres: [String] = [],
        minimumPriceFen: Int64,
        state: MovieState? = nil,
        content: MovieContent = MovieContent(),
        people: [NewCredit] = [],
        companies: [NewMovieCompany] = []
    ) {
        self.title = title
        self.durationMin = durationMin
        self.releaseDate = releaseDate
        self.companyID = companyID
        self.formats = formats
        self.languages = languages
        self.genres = genres
        self.minimumPriceFen = minimumPriceFen
        self.state = state
        self.content = content
        self.people = people
        self.companies = companies
    }

    /// The rules that go beyond a field's bounds.
    ///
    /// - Throws: ``Refusal`` that points at the wrong field.
    func check() throws {
        try title.requirePlainLine(at: "/title")
        try formats.requireDistinctNames(at: "/formats")
        try languages.requireDistinctNames(at: "/languages")
        try genres.requireDistinctNames(at: "/genres")
        try content.check(releaseDate: releaseDate)
    }
}
