import API
import Callers
import HTTP
import Shared

/// Adding, changing and deleting movies, which only the platform's people do.
struct MovieEditingEndpoints: Sendable {
    let catalog: Catalog
    let writes: Writes

    var all: [Endpoint] { [create, change, replacePictures, delete] }

    /// Of a movie's body.
    private static let refusals: [Refusal] = [
        .companyUnknown, .movieCompanyUnknown(at: 0), .personUnknown(at: 0), .personAmbiguous(at: 0, ids: []),
        .nameDiffers(at: "/people/0/name", name: ""), .previewAfterRelease, .eidrCheckDigitWrong, .filmCodeTaken, .eidrTaken,
    ]

    var create: Endpoint {
        Endpoint(
            .post, "/v1/movies", "Adds a movie.",
            name: "createMovie",
            access: .permission(.movies, .write),
            body: CatalogBody.newMovie,
            maximumBodyBytes: CatalogBody.maximumMovieBytes,
            idempotency: true,
            answers: .created(CatalogShape.detail, at: MovieEndpoints.path, \.movie.id),
            refusals: Self.refusals
        ) { call in
            try await writes.create(
                call, etag: { .version($0.movie.version) }, audit: call.audit(.movieAdded) { .movie($0.movie.id) }
            ) { transaction in
                try await catalog.addMovie(call.body, in: transaction)
            }
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/movies/{id}",
            "Changes a movie; showtimes that are scheduled keep their times and prices, and become previews where they are before a later release.",
            name: "changeMovie",
            access: .permission(.movies, .modify),
            body: CatalogBody.movieChange,
            maximumBodyBytes: CatalogBody.maximumMovieBytes,
            ifMatch: .required,
            answers: .ok(CatalogShape.detail),
            refusals: Self.refusals
        ) { call in
            let id = try call[.id]
            let detail = try await writes.perform(call, audit: call.audit(.movieChanged, .movie(id))) { transaction in
                try await catalog.changeMovie(id, version: call.ifMatch, call.body, in: transaction)
            }
            return .ok(detail, etag: .version(detail.movie.version))
        }
    }

    var replacePictures: Endpoint {
        Endpoint(
            .put, "/v1/movies/{id}/pictures", "Gives a movie a poster and stills in place of those that it has.",
            name: "setMoviePictures",
            access: .permission(.movies, .modify),
            body: PictureBody.ofMovie,
            ifMatch: .required,
            answers: .ok(CatalogShape.detail),
            refusals: [.pictureUnknown, .pictureRepeated]
        ) { call in
            let id = try call[.id]
            let detail = try await writes.perform(call, audit: call.audit(.moviePicturesReplaced, .movie(id))) { transaction in
                try await catalog.replacePictures(
                    ofMovie: id, version: call.ifMatch, poster: call.body.poster, stills: call.body.stills, in: transaction)
            }
            return .ok(detail, etag: .version(detail.movie.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/movies/{id}", "Deletes a movie that has no showtimes to come.",
            name: "deleteMovie",
            access: .permission(.movies, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.movieInUse]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.movieDeleted, .movie(id))) { transaction in
                try await catalog.deleteMovie(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
