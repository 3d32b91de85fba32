import Callers
package import Database
package import HTTP
package import Shared

/// Halls and their layouts, for those who manage them: a merchant its own, the platform's people every merchant's.
package struct HallEndpoints: Sendable {
    private let places: Places
    private let pool: PostgresPool
    private let writes: Writes

    package init(places: Places, pool: PostgresPool, writes: Writes) {
        self.places = places
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [list, create, show, change, replacePhotos, seats, replaceLayout] }

    /// The refusals of a drawing, beyond the bounds of its fields.
    private static let layoutRefusals = [
        Refusal(.invalid(pointer: ""), "cell_unknown"),
        Refusal(.invalid(pointer: ""), "couple_incomplete"),
        Refusal(.invalid(pointer: ""), "row_label_repeated"),
        Refusal(.invalid(pointer: ""), "row_label_invalid"),
        Refusal(.invalid(pointer: ""), "layout_without_seats"),
    ]

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/halls", "Lists the halls of a cinema.",
            access: .permission(.halls, .read),
            answers: .page(PlaceShape.hall)
        ) { call in
            .page(
                try await places.halls(
                    cinemaID: try call[.id], scope: try call.scope, page: call.page, in: pool
                )
            )
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/cinemas/{id}/halls", "Adds a hall with its layout to a cinema.",
            access: .permission(.halls, .write),
            body: PlaceBody.newHall,
            idempotency: true,
            answers: .created(PlaceShape.hall, at: show.path, \.id),
            refusals: [.hallExists, .quotaReached] + Self.layoutRefusals
        ) { call in
            let layout = try HallLayout(rows: call.body.rows, at: "/layout")
            let new = NewHall(name: call.body.name, formats: call.body.formats, layout: layout)
            return try await writes.create(
                call, etag: { .version($0.version) }, audit: try call.audit(.hallAdded) { .hall($0.id) }
            ) { transaction in
                try await places.addHall(new, cinemaID: call[.id], scope: call.scope, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/halls/{id}", "Shows a hall.",
            access: .permission(.halls, .read),
            answers: .ok(PlaceShape.hall)
        ) { call in
            let hall = try await places.hall(call[.id], scope: try call.scope, in: pool)
            return .ok(hall, etag: .version(hall.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/halls/{id}", "Changes a hall's name or formats.",
            access: .permission(.halls, .modify),
            body: PlaceBody.hallChange,
            ifMatch: .required,
            answers: .ok(PlaceShape.hall),
            refusals: [.hallExists]
        ) { call in
            let id = try call[.id]
            let hall = try await writes.perform(call, audit: call.audit(.hallChanged, .hall(id))) { transaction in
                try await places.changeHall(id, scope: call.scope, version: call.ifMatch, call.body, in: transaction)
            }
            return .ok(hall, etag: .version(hall.version))
        }
    }

    var replacePhotos: Endpoint {
        Endpoint(
            .put, "/v1/halls/{id}/photos", "Gives a hall photos in place of those that it has.",
            access: .permission(.halls, .modify),
            body: PictureBody.photos,
            ifMatch: .required,
            answers: .ok(PlaceShape.hall),
            refusals: [.pictureUnknown, .pictureRepeated]
        ) { call in
            let id = try call[.id]
            let hall = try await writes.perform(call, audit: call.audit(.hallPhotosReplaced, .hall(id))) { transaction in
                try await places.replacePhotos(ofHall: id, scope: call.scope, version: call.ifMatch, with: call.body, in: transaction)
            }
            return .ok(hall, etag: .version(hall.version))
        }
    }

    var seats: Endpoint {
        Endpoint(
            .get, "/v1/halls/{id}/seats", "Shows the seats of a hall's current layout.",
            access: .permission(.halls, .read),
            answers: .ok(PlaceShape.hallSeats)
        ) { call in
            let seats = try await places.hallSeats(call[.id], scope: try call.scope, in: pool)
            return .ok(seats, etag: .version(seats.hall.version))
        }
    }

    var replaceLayout: Endpoint {
        Endpoint(
            .put, "/v1/halls/{id}/layout", "Gives a hall a new layout, a new version; showtimes that are scheduled keep theirs.",
            access: .permission(.halls, .modify),
            body: PlaceBody.layout,
            ifMatch: .required,
            answers: .ok(PlaceShape.hallSeats),
            refusals: [.quotaReached] + Self.layoutRefusals
        ) { call in
            let id = try call[.id]
            let layout = try HallLayout(rows: call.body)
            let seats = try await writes.perform(call, audit: call.audit(.hallLayoutReplaced, .hall(id))) { transaction in
                try await places.replaceLayout(ofHall: id, scope: call.scope, version: call.ifMatch, with: layout, in: transaction)
            }
            return .ok(seats, etag: .version(seats.hall.version))
        }
    }
}
