package import HTTP
package import Shared

/// The query parameters of a list of movies.
package enum CatalogQuery {
    package static let state = QueryParameter(
        "state", .enumeration(MovieState.self), "Only movies in this state.", example: "showing"
    )
    package static let text = QueryParameter(
        "q", .text(1...100),
        """
        Only movies that are found by this: a part of a title, its pinyin or initials (also mixed with characters), digits for Roman numerals, \
        or a title with a typing error.
        """, example: "hero")
    package static let order = QueryParameter(
        "sort", .enumeration(MovieFilter.Order.self),
        """
        The order. Unless given it is `relevance`: what fits best to `q` first, and without `q` newest first. `-popularity`: by tickets for \
        showtimes of the last seven days and of those to come, in the city where one is named.
        """, example: "title"
    )
    package static let city = QueryParameter(
        "city_id", .id, "Only movies with a showtime to come in this city that is on sale; each says what is on there today.", example: "3")
    package static let movies: [any DeclaredParameter] = [city, state, text, order]
    package static let person = QueryParameter(
        "q", .text(1...100), "Only people who are found by this, as movies are by their titles; who fits best first.", example: "jet")
}

extension Call {
    /// The filter from the parameters of ``CatalogQuery``.
    package var movieFilter: MovieFilter {
        get throws {
            MovieFilter(
                state: try self[CatalogQuery.state],
                text: try self[CatalogQuery.text],
                order: try self[CatalogQuery.order] ?? .relevance
            )
        }
    }
}
