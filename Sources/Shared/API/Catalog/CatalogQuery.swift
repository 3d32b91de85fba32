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
        "sort", .enumeration(MovieFilter.Order.self), "The order; newest first (`-release_date`) unless given.", example: "title"
    )
    package static let movies: [any DeclaredParameter] = [state, titlePart, order]
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
