package import Database
package import HTTP
package import Shared

/// Reading the catalogue's movies. The three services differ only in who is allowed.
package struct MovieEndpoints: Sendable {
    private let catalog: Catalog
    private let showtimes: ShowtimeListing
    private let pool: PostgresPool
    private let access: Access

    package init(catalog: Catalog, pool: PostgresPool, access: Access) {
        self.catalog = catalog
        showtimes = ShowtimeListing(catalog: catalog)
        self.pool = pool
        self.access = access
    }

    package var all: [Endpoint] { [list, show] }

    /// The path of a movie.
    package static let path: PathTemplate = "/v1/movies/{id}"

    var list: Endpoint {
        Endpoint(
            .get, "/v1/movies", "Lists movies, newest first unless searched or sorted otherwise.",
            access: access,
            query: CatalogQuery.movies,
            keepsAnswer: access == .open,
            answers: .page(CatalogShape.movie)
        ) { call in
            .page(try await showtimes.movies(try call.movieFilter, cityID: try call[CatalogQuery.city], page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, Self.path, "Shows a movie with its people.",
            name: "showMovie",
            access: access,
            keepsAnswer: access == .open,
            answers: .ok(CatalogShape.detail)
        ) { call in
            let detail = try await catalog.detail(try call[.id], in: pool)
            return .ok(detail, etag: .version(detail.movie.version))
        }
    }
}
