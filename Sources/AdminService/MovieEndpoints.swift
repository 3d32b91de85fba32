import API
import Database
import HTTP
import Shared

/// Movies, which only administrators write.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/movies | movies: read |
/// | POST | /v1/movies | movies: write |
/// | GET | /v1/movies/{id} | movies: read |
/// | PATCH | /v1/movies/{id} | movies: modify |
/// | DELETE | /v1/movies/{id} | movies: delete |
struct MovieEndpoints: Sendable {
    let catalog: Catalog
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] {
        MovieReading(catalog: catalog, pool: pool, access: .permission(.movies, .read)).all + [create, change, delete]
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/movies", "Adds a movie.",
            access: .permission(.movies, .write),
            body: CatalogBodies.newMovie,
            maximumBodyBytes: CatalogBodies.maximumMovieBytes,
            idempotency: true,
            answers: .created(CatalogShapes.detail),
            problems: [Problem(.companyUnknown)]
        ) { call in
            try await writes.create(
                call,
                at: { "/v1/movies/\($0.movie.id)" },
                etag: { .version($0.movie.version) },
                audit: try call.audit(.movieAdded) { "movie:\($0.movie.id)" }
            ) { transaction in
                try await catalog.addMovie(call.body, in: transaction)
            }
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/movies/{id}", "Changes a movie; showtimes that are scheduled keep their times and prices.",
            access: .permission(.movies, .modify),
            body: CatalogBodies.movieChange,
            maximumBodyBytes: CatalogBodies.maximumMovieBytes,
            ifMatch: .required,
            answers: .ok(CatalogShapes.detail),
            problems: [Problem(.companyUnknown)]
        ) { call in
            let id = try call.id("id")
            let detail = try await writes.perform(call, audit: try call.audit(.movieChanged) { _ in "movie:\(id)" }) { transaction in
                try await catalog.changeMovie(id, version: call.ifMatch, call.body, in: transaction)
            }
            return .ok(detail, etag: .version(detail.movie.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/movies/{id}", "Deletes a movie that has no showtimes to come.",
            access: .permission(.movies, .delete),
            ifMatch: .required,
            answers: .noContent,
            problems: [Problem(.movieInUse)]
        ) { call in
            let id = try call.id("id")
            try await writes.perform(call, audit: try call.audit(.movieDeleted) { "movie:\(id)" }) { transaction in
                try await catalog.deleteMovie(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
