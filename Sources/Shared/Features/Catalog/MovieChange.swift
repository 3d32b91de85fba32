import Database
package import Text

/// A change of some fields of a movie; `nil` leaves a field as it is.
package struct MovieChange: Hashable, Sendable {
    package var title: String?
    /// Minutes.
    package var durationMin: Int?
    package var releaseDate: CalendarDay?
    /// `.some(nil)`: the movie belongs to no company.
    package var companyID: Int64??
    package var formats: [String]?
    package var languages: [String]?
    package var genres: [String]?
    /// Fen.
    package var minimumPriceFen: Int64?
    /// `.some(nil)`: follows from its dates and showtimes from now on.
    package var state: MovieState??
    package var content: MovieContentChange
    /// All the people anew.
    package var people: [NewCredit]?
    /// All the companies anew.
    package var companies: [NewMovieCompany]?

    package init(
        title: String? = nil,
        durationMin: Int? = nil,
        releaseDate: CalendarDay? = nil,
        companyID: Int64?? = nil,
        formats: [String]? = nil,
        languages: [String]? = nil,
        genres: [String]? = nil,
        minimumPriceFen: Int64? = nil,
        state: MovieState?? = nil,
        content: MovieContentChange = MovieContentChange(),
        people: [NewCredit]? = nil,
        companies: [NewMovieCompany]? = nil
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
        try title?.requirePlainLine(at: "/title")
        try formats?.requireDistinctNames(at: "/formats")
        try languages?.requireDistinctNames(at: "/languages")
        try genres?.requireDistinctNames(at: "/genres")
    }
}
