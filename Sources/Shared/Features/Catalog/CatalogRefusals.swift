package import Callers

extension Refusal {
    /// A company of this name is there already.
    package static let companyExists = Refusal(.conflict, "company_exists", "There is a company of this name already.")

    /// The movie's company isn't one of the catalogue.
    package static let companyUnknown = Refusal(.invalid(pointer: "/company_id"), "company_unknown", "There is no company with this id.")

    /// Showtimes of the movie are still to come or running.
    package static let movieInUse = Refusal(.conflict, "movie_in_use", "The movie has showtimes that are neither over nor cancelled.")
}
