package import Database
package import HTTP
package import Shared

/// Reading, changing and deleting cinemas by those who manage them: a merchant its own, the platform's people every merchant's.
package struct CinemaManagement: Sendable {
    private let places: Places
    private let pool: PostgresPool
    private let writes: Writes

    package init(places: Places, pool: PostgresPool, writes: Writes) {
        self.places = places
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [show, change, delete] }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}", "Shows a cinema.",
            access: .permission(.cinemas, .read),
            answers: .ok(PlacesShapes.managedCinema)
        ) { call in
            let cinema = try await places.cinema(call.id("id"), scope: try call.caller.merchantScope(), in: pool)
            return .ok(cinema, etag: .version(cinema.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/cinemas/{id}", "Changes a cinema.",
            access: .permission(.cinemas, .modify),
            body: PlacesBodies.cinemaChange,
            ifMatch: .required,
            answers: .ok(PlacesShapes.managedCinema),
            problems: [
                Problem(.cityUnknown), Problem(.districtOutsideCity), Problem(.pointOutsideCity), Problem(.cinemaHasSales),
                Problem(.timeZoneUnknown), Problem(.cinemaExists),
            ]
        ) { call in
            let (id, scope) = (try call.id("id"), try call.caller.merchantScope())
            let audit = try call.audit(.cinemaChanged) { (cinema: Cinema) in "cinema:\(cinema.id)" }
            let cinema = try await writes.perform(call, audit: audit) { transaction in
                try await places.changeCinema(id, scope: scope, version: call.ifMatch, call.body, in: transaction)
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
            problems: [Problem(.cinemaInUse)]
        ) { call in
            let (id, scope) = (try call.id("id"), try call.caller.merchantScope())
            try await writes.perform(call, audit: try call.audit(.cinemaDeleted) { "cinema:\(id)" }) { transaction in
                try await places.deleteCinema(id, scope: scope, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
