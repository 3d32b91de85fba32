package import HTTP
package import Shared

/// The query parameters of a list of movies.
package enum CatalogQuery {
    package static let state = QueryParameter(
        "state", .enumeration(MovieState.self), "Only movies in this state.", example: "showing"
    )
    package static let titlePart = QueryParameter(
        "q", .text(1...100), "Only movies with this in their title, in any case.", example: "hero")
    package static let order = QueryParameter(
        "sort", .enumeration(MovieFilter.Order.self),
        """
        The order; newest first (`-release_date`) unless given. `-popularity`: by tickets for showtimes of the last seven days and of those \
        to come, in the city where one is named.
        """, example: "title"
    )
    package static let city = QueryParameter(
        "city_id", .id, "Only movies with a showtime to come in this city that is on sale; each says what is on there today.", example: "3")
    package static let movies: [any DeclaredParameter] = [city, state, titlePart, order]
}

extension Call {
    /// The filter from the parameters of ``CatalogQuery``.
    package var movieFilter: MovieFilter {
        get throws {
            MovieFilter(
                state: try self[CatalogQuery.state],
                titlePart: try self[CatalogQuery.titlePart],
                order: try self[CatalogQuery.order] ?? .newest
            )
        }
    }
}
