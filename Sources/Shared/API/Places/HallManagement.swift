package import Database
package import HTTP
package import Shared

/// Halls and their layouts, for those who manage them: a merchant its own, the platform's people every merchant's.
package struct HallManagement: Sendable {
    private let places: Places
    private let pool: PostgresPool
    private let writes: Writes

    package init(places: Places, pool: PostgresPool, writes: Writes) {
        self.places = places
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [list, create, show, change, seats, replaceLayout] }

    /// What can be wrong with a drawing, beyond the bounds of its fields.
    private static let layoutProblems = [
        Problem.unprocessable("cell_unknown", "A cell is none of S, L, R, W, H, X and _."),
        Problem.unprocessable("couple_incomplete", "Half of a couple's seats is missing."),
        Problem.unprocessable("row_label_repeated", "Two rows have one label."),
        Problem.unprocessable("row_label_invalid", "A row's label isn't made of letters and digits."),
        Problem.unprocessable("layout_without_seats", "There is no seat in it."),
    ]

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/halls", "Lists the halls of a cinema.",
            access: .permission(.halls, .read),
            answers: .page(PlacesShapes.hall)
        ) { call in
            .page(
                try await places.halls(
                    cinemaID: try call.id("id"), scope: try call.caller.merchantScope(), page: call.pageRequest, in: pool
                )
            )
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/cinemas/{id}/halls", "Adds a hall with its layout to a cinema.",
            access: .permission(.halls, .write),
            body: PlacesBodies.newHall,
            idempotency: true,
            answers: .created(PlacesShapes.hall),
            problems: [Problem(.hallExists), Problem(.quotaReached)] + Self.layoutProblems
        ) { call in
            let (cinemaID, scope) = (try call.id("id"), try call.caller.merchantScope())
            let layout = try HallLayout(rows: call.body.rows, at: "/layout")
            let new = NewHall(name: call.body.name, formats: call.body.formats, layout: layout)
            return try await writes.create(
                call,
                at: { "/v1/halls/\($0.id)" },
                etag: { .version($0.version) },
                audit: try call.audit(.hallAdded) { "hall:\($0.id)" }
            ) { transaction in
                try await places.addHall(new, cinemaID: cinemaID, scope: scope, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/halls/{id}", "Shows a hall.",
            access: .permission(.halls, .read),
            answers: .ok(PlacesShapes.hall)
        ) { call in
            let hall = try await places.hall(call.id("id"), scope: try call.caller.merchantScope(), in: pool)
            return .ok(hall, etag: .version(hall.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/halls/{id}", "Changes a hall's name or formats.",
            access: .permission(.halls, .modify),
            body: PlacesBodies.hallChange,
            ifMatch: .required,
            answers: .ok(PlacesShapes.hall),
            problems: [Problem(.hallExists)]
        ) { call in
            let (id, scope) = (try call.id("id"), try call.caller.merchantScope())
            let hall = try await writes.perform(call, audit: try call.audit(.hallChanged) { _ in "hall:\(id)" }) { transaction in
                try await places.changeHall(id, scope: scope, version: call.ifMatch, call.body, in: transaction)
            }
            return .ok(hall, etag: .version(hall.version))
        }
    }

    var seats: Endpoint {
        Endpoint(
            .get, "/v1/halls/{id}/seats", "Shows the seats of a hall's current layout.",
            access: .permission(.halls, .read),
            answers: .ok(PlacesShapes.hallSeats)
        ) { call in
            let seats = try await places.hallSeats(call.id("id"), scope: try call.caller.merchantScope(), in: pool)
            return .ok(seats, etag: .version(seats.hall.version))
        }
    }

    var replaceLayout: Endpoint {
        Endpoint(
            .put, "/v1/halls/{id}/layout", "Gives a hall a new layout, a new version; showtimes that are scheduled keep theirs.",
            access: .permission(.halls, .modify),
            body: PlacesBodies.layout,
            ifMatch: .required,
            answers: .ok(PlacesShapes.hallSeats),
            problems: [Problem(.quotaReached)] + Self.layoutProblems
        ) { call in
            let (id, scope) = (try call.id("id"), try call.caller.merchantScope())
            let layout = try HallLayout(rows: call.body)
            let seats = try await writes.perform(call, audit: try call.audit(.hallLayoutReplaced) { _ in "hall:\(id)" }) { transaction in
                try await places.replaceLayout(ofHall: id, scope: scope, version: call.ifMatch, with: layout, in: transaction)
            }
            return .ok(seats, etag: .version(seats.hall.version))
        }
    }
}
