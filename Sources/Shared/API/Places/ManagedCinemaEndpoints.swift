import Callers
package import Database
package import HTTP
package import Shared

/// Reading, changing and deleting cinemas by those who manage them: a merchant its own, the platform's people every merchant's.
package struct ManagedCinemaEndpoints: Sendable {
    private let places: Places
    private let pool: PostgresPool
    private let writes: Writes

    package init(places: Places, pool: PostgresPool, writes: Writes) {
        self.places = places
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [show, change, replacePhotos, delete] }

    /// The path of a cinema.
    package static let path: PathTemplate = "/v1/cinemas/{id}"

    var show: Endpoint {
        Endpoint(
            .get, Self.path, "Shows a cinema.",
            access: .permission(.cinemas, .read),
            answers: .ok(PlaceShape.managedCinema)
        ) { call in
            let cinema = try await places.cinema(call[.id], scope: try call.scope, in: pool)
            return .ok(cinema, etag: .version(cinema.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/cinemas/{id}", "Changes a cinema.",
            access: .permission(.cinemas, .modify),
            body: PlaceBody.cinemaChange,
            ifMatch: .required,
            answers: .ok(PlaceShape.managedCinema),
            refusals: [
                .cityUnknown, .districtOutsideCity, .districtMismatch, .pointOutsideCity, .cinemaHasSales, .timeZoneUnknown,
                .openingHoursOverlap(), .cinemaExists,
            ]
        ) { call in
            let id = try call[.id]
            let cinema = try await writes.perform(call, audit: call.audit(.cinemaChanged, .cinema(id))) { transaction in
                try await places.changeCinema(id, scope: call.scope, version: call.ifMatch, call.body, in: transaction)
            }
            return .ok(cinema, etag: .version(cinema.version))
        }
    }

    var replacePhotos: Endpoint {
        Endpoint(
            .put, "/v1/cinemas/{id}/photos", "Gives a cinema photos in place of those that it has.",
            access: .permission(.cinemas, .modify),
            body: PictureBody.photos,
            ifMatch: .required,
            answers: .ok(PlaceShape.managedCinema),
            refusals: [.pictureUnknown, .pictureRepeated]
        ) { call in
            let id = try call[.id]
            let cinema = try await writes.perform(call, audit: call.audit(.cinemaPhotosReplaced, .cinema(id))) { transaction in
                try await places.replacePhotos(ofCinema: id, scope: call.scope, version: call.ifMatch, with: call.body, in: transaction)
            }
            return .ok(cinema, etag: .version(cinema.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/cinemas/{id}", "Deletes a cinema that has no showtimes to come.",
            access: .permission(.cinemas, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.cinemaInUse]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.cinemaDeleted, .cinema(id))) { transaction in
                try await places.deleteCinema(id, scope: call.scope, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
