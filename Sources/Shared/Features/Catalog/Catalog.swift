package import Callers
package import Database

/// Movies, the people in them and the companies behind them.
///
/// Reads take any session; writes take a transaction, which a thrown refusal must roll back. Only administrators write.
package struct Catalog: Sendable {
    private let companyStore = CompanyStore()
    /// For how long movies are showing unless somebody says otherwise.
    let run: MovieRun
    private let movieStore: MovieStore
    private let movieListStore: MovieListStore
    private let previewStore = PreviewStore()
    private let personStore: PersonStore
    private let credits = MovieCredits()
    private let shownPictures = ShownPictures()

    /// - Parameter run: for how long movies are showing unless somebody says otherwise.
    package init(run: MovieRun = MovieRun()) {
        self.run = run
        movieStore = MovieStore(run: run)
        movieListStore = MovieListStore(run: run)
        personStore = PersonStore(run: run)
    }
}

// MARK: - Companies

extension Catalog {
    /// A page of the companies by name.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func companies(page: PageRequest, in session: some PostgresSession) async throws -> Page<Company> {
        try await companyStore.companies(page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func company(_ id: Int64, in session: some PostgresSession) async throws -> Company {
        guard let company = try await companyStore.company(id, in: session) else { throw Refusal.notFound }
        return company
    }

    /// Adds a company.
    ///
    /// - Throws: ``Refusal/companyExists``, or a refusal that points at the name.
    package func addCompany(name: String, in transaction: PostgresTransaction) async throws -> Company {
        try name.requirePlainLine(at: "/name")
        guard let company = try await companyStore.add(name: name, in: transaction) else { throw Refusal.companyExists }
        return company
    }
}

// MARK: - Movies

extension Catalog {
    /// A page of the movies.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func movies(_ filter: MovieFilter = MovieFilter(), page: PageRequest, in session: some PostgresSession) async throws -> Page<
        Movie
    > {
        try await movieListStore.movies(filter, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func movie(_ id: Int64, in session: some PostgresSession) async throws -> Movie {
        guard let movie = try await movieStore.movie(id, in: session) else { throw Refusal.notFound }
        return movie
    }

    /// A movie with its content, people and companies.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func detail(_ id: Int64, in session: some PostgresSession) async throws -> MovieDetail {
        guard let detail = try await movieStore.detail(id, in: session) else { throw Refusal.notFound }
        return detail
    }

    /// The movie to schedule, which can be neither changed nor deleted until the transaction ends.
    ///
    /// - Returns: `nil` when there is none.
    package func movieForScheduling(_ id: Int64, in transaction: PostgresTransaction) async throws -> Movie? {
        try await movieStore.movieForScheduling(id, in: transaction)
    }

    /// Adds a movie.
    ///
    /// - Throws: ``Refusal/companyUnknown``, ``Refusal/filmCodeTaken``, ``Refusal/eidrTaken``, the refusals of ``MovieCredits``, or one that
    ///   points at the wrong field.
    package func addMovie(_ new: NewMovie, in transaction: PostgresTransaction) async throws -> MovieDetail {
        try new.check()
        try await requireCompany(new.companyID, in: transaction)
        try await requireOwnCodes(new.content, ofMovie: nil, in: transaction)
        let id = try await refusingTakenCodes { try await movieStore.add(new, in: transaction) }
        try await credits.replace(people: new.people, companies: new.companies, of: id, in: transaction)
        return try await detail(id, in: transaction)
    }

    /// Changes a movie. Showtimes that are scheduled keep their times and prices; where the release day moves later, those to come before it
    /// become previews.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/companyUnknown``, ``Refusal/filmCodeTaken``, ``Refusal/eidrTaken``, the
    ///   refusals of ``MovieCredits``, or one that points at the wrong field.
    package func changeMovie(
        _ id: Int64,
        version: Int64?,
        _ change: MovieChange,
        in transaction: PostgresTransaction
    ) async throws -> MovieDetail {
        guard try await movieStore.lock(id, in: transaction) else { throw Refusal.notFound }
        let current = try await detail(id, in: transaction)
        try change.check()
        let content = change.content.applied(to: current.content)
        try content.check(releaseDate: change.releaseDate ?? current.movie.releaseDate)
        try await requireCompany(change.companyID ?? nil, in: transaction)
        try await requireOwnCodes(content, ofMovie: id, in: transaction)
        let isChanged = try await refusingTakenCodes {
            try await movieStore.change(id, version: version, change, content: content, in: transaction)
        }
        guard isChanged else { throw Refusal.stale }
        if let releaseDate = change.releaseDate, releaseDate > current.movie.releaseDate {
            try await previewStore.mark(movieIDs: [id], in: transaction)
        }
        try await credits.replace(people: change.people, companies: change.companies, of: id, in: transaction)
        return try await detail(id, in: transaction)
    }

    /// Gives a movie a poster and stills in place of those that it has.
    ///
    /// - Parameters:
    ///   - version: the one that the caller has read; `nil` takes any.
    ///   - poster: `nil` for none.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/pictureUnknown``, ``Refusal/pictureRepeated``.
    package func replacePictures(
        ofMovie id: Int64, version: Int64?, poster: PictureHash?, stills: [PictureHash], in transaction: PostgresTransaction
    ) async throws -> MovieDetail {
        // Raises the version, and holds the movie's lock.
        _ = try await changeMovie(id, version: version, MovieChange(), in: transaction)
        try await shownPictures.replace(
            [.one(.poster, poster, at: "/poster"), .list(.still, stills, at: "/stills")], of: .movie(id), in: transaction)
        return try await detail(id, in: transaction)
    }

    /// Deletes a movie: its row stays, for old orders, and nobody sees it any more.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/movieInUse``.
    package func deleteMovie(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws {
        _ = try await movie(id, in: transaction)
        guard try await movieStore.delete(id, version: version, in: transaction) else { throw Refusal.stale }
        // Checked after the deletion, because scheduling waits for its lock: no showtime can slip in between.
        guard try await !movieStore.hasShowtimes(id, in: transaction) else { throw Refusal.movieInUse }
        // Old orders still show the poster.
        try await shownPictures.removeAll(.still, of: [.movie(id)], in: transaction)
    }

    /// Checks that no other movie has the movie's codes. Of two transactions at once ``refusingTakenCodes(_:)`` refuses one.
    private func requireOwnCodes(_ content: MovieContent, ofMovie id: Int64?, in transaction: PostgresTransaction) async throws {
        let taken = try await movieStore.takenCodes(filmCode: content.filmCode, eidr: content.eidr, besides: id, in: transaction)
        guard !taken.filmCode else { throw Refusal.filmCodeTaken }
        guard !taken.eidr else { throw Refusal.eidrTaken }
    }

    private func refusingTakenCodes<Result>(_ write: () async throws -> Result) async throws -> Result {
        try await refusing(.filmCodeTaken, byConstraint: "movies_film_code_key") {
            try await refusing(.eidrTaken, byConstraint: "movies_eidr_key", write)
        }
    }

    private func requireCompany(_ id: Int64?, in transaction: PostgresTransaction) async throws {
        guard let id else { return }
        guard try await companyStore.company(id, in: transaction) != nil else { throw Refusal.companyUnknown }
    }
}

// MARK: - People

extension Catalog {
    /// A page of the people by name, or of those who are found by what somebody types, who fits best first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func people(text: String? = nil, page: PageRequest, in session: some PostgresSession) async throws -> Page<Person> {
        try await personStore.people(text: text, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func person(_ id: Int64, in session: some PostgresSession) async throws -> Person {
        guard let person = try await personStore.person(id, in: session) else { throw Refusal.notFound }
        return person
    }

    /// A page of the movies in which somebody has a part, newest first.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/cursorInvalid``.
    package func credits(ofPerson id: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<PersonCredit> {
        _ = try await person(id, in: session)
        return try await personStore.credits(of: id, page: page, in: session)
    }

    /// Adds a person, also one of a name that another has.
    ///
    /// - Throws: a refusal that points at the wrong field.
    package func addPerson(_ new: NewPerson, in transaction: PostgresTransaction) async throws -> Person {
        try new.check()
        return try await personStore.add(new, in: transaction)
    }

    /// Changes a person, in all its movies.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, or a refusal that points at the wrong field.
    package func changePerson(
        _ id: Int64, version: Int64?, _ change: PersonChange, in transaction: PostgresTransaction
    ) async throws -> Person {
        _ = try await person(id, in: transaction)
        try change.check()
        guard let changed = try await personStore.change(id, version: version, change, in: transaction) else { throw Refusal.stale }
        return changed
    }

    /// Gives a person a portrait in place of the one that it has.
    ///
    /// - Parameters:
    ///   - version: the one that the caller has read; `nil` takes any.
    ///   - portrait: `nil` for none.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/pictureUnknown``.
    package func replacePortrait(
        ofPerson id: Int64, version: Int64?, with portrait: PictureHash?, in transaction: PostgresTransaction
    ) async throws -> Person {
        // Raises the version, and holds the person's lock.
        _ = try await changePerson(id, version: version, PersonChange(), in: transaction)
        try await shownPictures.replace([.one(.portrait, portrait, at: "/portrait")], of: .person(id), in: transaction)
        return try await person(id, in: transaction)
    }

    /// Deletes a person who has no part in a movie.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/personInUse``.
    package func deletePerson(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws {
        _ = try await person(id, in: transaction)
        guard try await !personStore.hasCredits(id, in: transaction) else { throw Refusal.personInUse }
        guard try await personStore.delete(id, version: version, in: transaction) else { throw Refusal.stale }
        try await shownPictures.removeAll(.portrait, of: [.person(id)], in: transaction)
    }
}

extension Refusal {
    /// A company of this name is there already.
    package static let companyExists = Refusal(.conflict, "company_exists")

    /// The movie's company isn't one of the catalogue.
    package static let companyUnknown = Refusal(.invalid(pointer: "/company_id"), "company_unknown")

    /// Showtimes of the movie are still to come or running.
    package static let movieInUse = Refusal(.conflict, "movie_in_use")
}
