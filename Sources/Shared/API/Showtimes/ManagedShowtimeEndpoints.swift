import Callers
package import Database
package import HTTP
package import Shared

/// Showtimes for those who manage them, at the cinema and at the platform.
package struct ManagedShowtimeEndpoints: Sendable {
    private let screenings: ShowtimeScheduling
    private let listing = ShowtimeListing()
    private let pool: PostgresPool
    private let writes: Writes

    package init(screenings: ShowtimeScheduling, pool: PostgresPool, writes: Writes) {
        self.screenings = screenings
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [list, schedule, show, change, cancel] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/showtimes", "Lists showtimes by start, past and cancelled ones too.",
            access: .permission(.showtimes, .read),
            query: [
                ShowtimeShape.cinema, ShowtimeShape.hall, ShowtimeShape.movie, ShowtimeShape.day, ShowtimeShape.calendarDay,
                ShowtimeShape.upcoming,
            ],
            answers: .page(ShowtimeShape.managed)
        ) { call in
            let filter = ShowtimeFilter(
                scope: try call.scope,
                cinemaID: try call[ShowtimeShape.cinema],
                hallID: try call[ShowtimeShape.hall],
                movieID: try call[ShowtimeShape.movie],
                day: try call[ShowtimeShape.day],
                calendarDay: try call[ShowtimeShape.calendarDay],
                isUpcoming: try call[ShowtimeShape.upcoming] ?? false
            )
            return .page(try await listing.showtimes(filter, page: call.page, in: pool))
        }
    }

    private var schedule: Endpoint {
        Endpoint(
            .post, "/v1/showtimes", "Schedules a showtime.",
            name: "scheduleShowtime",
            access: .permission(.showtimes, .write),
            body: ShowtimeBody.new,
            idempotency: true,
            answers: .created(ShowtimeShape.managed, at: show.path, \.id),
            refusals: [
                .merchantNotVerified, .hallUnknown, .movieUnknown, .showtimeInPast, .showtimeTooFar, .formatNotSupported,
                .languageNotAvailable, .priceMissing(zone: "vip"), .zoneUnknown(at: 0), .zoneRepeated(at: 1),
                .priceBelowMinimum(at: 0, minimum: 3000), .saleWindowInvalid, .movieEnded, .beforeRelease, .screeningRightMissing,
                .hallOccupied,
            ]
        ) { call in
            try await writes.create(
                call, etag: { .version($0.version) }, audit: try call.audit(.showtimeScheduled) { .showtime($0.id) }
            ) { transaction in
                try await screenings.schedule(call.body, scope: call.scope, in: transaction)
            }
        }
    }

    private var show: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}", "Shows a showtime.",
            access: .permission(.showtimes, .read),
            answers: .ok(ShowtimeShape.managed)
        ) { call in
            let showtime = try await listing.showtime(call[.id], scope: call.scope, in: pool)
            return .ok(showtime, etag: .version(showtime.version))
        }
    }

    private var change: Endpoint {
        Endpoint(
            .patch, "/v1/showtimes/{id}", "Changes a showtime; once seats are sold or held only its sale.",
            access: .permission(.showtimes, .modify),
            body: ShowtimeBody.change,
            ifMatch: .required,
            answers: .ok(ShowtimeShape.managed),
            refusals: [
                .showtimeCancelled, .showtimeHasOrders, .showtimeStarted, .showtimeInPast, .showtimeTooFar, .formatNotSupported,
                .languageNotAvailable, .priceMissing(zone: "vip"), .zoneUnknown(at: 0), .zoneRepeated(at: 1),
                .priceBelowMinimum(at: 0, minimum: 3000), .saleWindowInvalid, .movieEnded, .beforeRelease, .screeningRightMissing,
                .hallOccupied,
            ]
        ) { call in
            let id = try call[.id]
            let showtime = try await writes.perform(call, audit: call.audit(.showtimeChanged, .showtime(id))) { transaction in
                try await screenings.change(id, call.body, scope: call.scope, version: call.ifMatch, in: transaction)
            }
            return .ok(showtime, etag: .version(showtime.version))
        }
    }

    private var cancel: Endpoint {
        Endpoint(
            .delete, "/v1/showtimes/{id}", "Cancels a showtime: ends its unpaid orders and refunds the others.",
            name: "cancelShowtime",
            access: .permission(.showtimes, .delete),
            ifMatch: .required,
            answers: .noContent
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.showtimeCancelled, .showtime(id))) { transaction in
                try await screenings.cancel(
                    id, scope: call.scope, version: call.ifMatch, by: call.principal.accountID, in: transaction)
            }
            return .noContent
        }
    }
}
