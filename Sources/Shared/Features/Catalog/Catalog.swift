package import Callers
package import Database

/// Movies, the people in them and the companies behind them.
///
/// Reads take any session; writes take a transaction, which a thrown refusal must roll back. Only administrators write.
package struct Catalog: Sendable {
    private let companyStore = CompanyStore()
    private let movieStore = MovieStore()
    private let peopleStore = PeopleStore()

    package init() {}
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
        try await movieStore.movies(filter, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func movie(_ id: Int64, in session: some PostgresSession) async throws -> Movie {
        guard let movie = try await movieStore.movie(id, in: session) else { throw Refusal.notFound }
        return movie
    }

    /// A movie with its people.
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
    /// - Throws: ``Refusal/companyUnknown``, or a refusal that points at the wrong field.
    package func addMovie(_ new: NewMovie, in transaction: PostgresTransaction) async throws -> MovieDetail {
        try new.check()
        try await requireCompany(new.companyID, in: transaction)
        let id = try await movieStore.add(new, in: transaction)
        try await peopleStore.replace([id: new.people], in: transaction)
        return try await detail(id, in: transaction)
    }

    /// Changes a movie. Showtimes that are scheduled keep their times and prices.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/companyUnknown``, or a refusal that points at the wrong field.
    package func changeMovie(
        _ id: Int64,
        version: Int64?,
        _ change: MovieChange,
        in transaction: PostgresTransaction
    ) async throws -> MovieDetail {
        _ = try await movie(id, in: transaction)
        try change.check()
        try await requireCompany(change.companyID ?? nil, in: transaction)
        guard try await movieStore.change(id, version: version, change, in: transaction) else { throw Refusal.stale }
        if let people = change.people {
            try await peopleStore.replace([id: people], in: transaction)
        }
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
    }

    private func requireCompany(_ id: Int64?, in transaction: PostgresTransaction) async throws {
        guard let id else { return }
        guard try await companyStore.company(id, in: transaction) != nil else { throw Refusal.companyUnknown }
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
