package import Database
package import HTTP
package import Shared

/// Reading the catalogue's people. The three services differ only in who is allowed.
package struct PersonEndpoints: Sendable {
    private let catalog: Catalog
    private let pool: PostgresPool
    private let access: Access

    package init(catalog: Catalog, pool: PostgresPool, access: Access) {
        self.catalog = catalog
        self.pool = pool
        self.access = access
    }

    package var all: [Endpoint] { [list, show, movies] }

    /// The path of a person.
    package static let path: PathTemplate = "/v1/people/{id}"

    var list: Endpoint {
        Endpoint(
            .get, "/v1/people", "Lists the people of movies by name, or searches them.",
            access: access,
            query: [CatalogQuery.person],
            keepsAnswer: access == .open,
            answers: .page(CatalogShape.person)
        ) { call in
            .page(try await catalog.people(text: try call[CatalogQuery.person], page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, Self.path, "Shows a person.",
            access: access,
            keepsAnswer: access == .open,
            answers: .ok(CatalogShape.person)
        ) { call in
            let person = try await catalog.person(try call[.id], in: pool)
            return .ok(person, etag: .version(person.version))
        }
    }

    var movies: Endpoint {
        Endpoint(
            .get, "/v1/people/{id}/movies", "Lists the movies in which a person has a part, newest first.",
            access: access,
            keepsAnswer: access == .open,
            answers: .page(CatalogShape.personCredit)
        ) { call in
            .page(try await catalog.credits(ofPerson: try call[.id], page: call.page, in: pool))
        }
    }
}
