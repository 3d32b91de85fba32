package import Database
package import HTTP
package import Shared

/// Showtimes for those who manage them, at the cinema and at the platform alike.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/showtimes | showtimes: read |
/// | POST | /v1/showtimes | showtimes: write |
/// | GET | /v1/showtimes/{id} | showtimes: read |
/// | PATCH | /v1/showtimes/{id} | showtimes: modify |
/// | DELETE | /v1/showtimes/{id} | showtimes: delete |
package struct ScreeningsManagement: Sendable {
    private let screenings: ShowtimeScheduling
    private let programme = ShowtimeListing()
    private let pool: PostgresPool
    private let writes: Writes
    private let scope: ScreeningsScope

    package init(screenings: ShowtimeScheduling, pool: PostgresPool, writes: Writes, scope: ScreeningsScope) {
        self.screenings = screenings
        self.pool = pool
        self.writes = writes
        self.scope = scope
    }

    package var all: [Endpoint] { [list, schedule, show, change, cancel] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/showtimes", "Lists showtimes by start, past and cancelled ones too.",
            access: .permission(.showtimes, .read),
            query: [
                ShowtimeShapes.cinema, ShowtimeShapes.hall, ShowtimeShapes.movie, ShowtimeShapes.day, ShowtimeShapes.calendarDay,
                ShowtimeShapes.upcoming,
            ],
            answers: .page(ShowtimeShapes.managed)
        ) { call in
            let filter = ShowtimeFilter(
                scope: try scope.limit(of: call.caller),
                cinemaID: try call[ShowtimeShapes.cinema],
                hallID: try call[ShowtimeShapes.hall],
                movieID: try call[ShowtimeShapes.movie],
                day: try call[ShowtimeShapes.day],
                calendarDay: try call[ShowtimeShapes.calendarDay],
                isUpcoming: try call[ShowtimeShapes.upcoming] ?? false
            )
            return .page(try await programme.showtimes(filter, page: call.pageRequest, in: pool))
        }
    }

    private var schedule: Endpoint {
        Endpoint(
            .post, "/v1/showtimes", "Schedules a showtime.",
            access: .permission(.showtimes, .write),
            body: ShowtimeBodies.new,
            idempotency: true,
            answers: .created(ShowtimeShapes.managed),
            problems: [
                .merchantNotVerified, .hallUnknown, .movieUnknown, .showtimeInPast, .showtimeTooFar, .formatNotSupported,
                .languageNotAvailable, .priceMissing(zone: "vip"), .zoneUnknown(at: 0), .zoneRepeated(at: 1),
                .priceBelowMinimum(at: 0, minimum: 3000), .saleWindowInvalid, .movieEnded, .beforeRelease, .screeningRightMissing,
                .hallOccupied,
            ].map { (refusal: Refusal) in Problem(refusal) }
        ) { call in
            let limit = try scope.limit(of: call.caller)
            let audit = try audit("showtime.scheduled", call)
            return try await writes.create(
                call, at: { "/v1/showtimes/\($0.id)" }, etag: { .version($0.version) }, audit: { audit($0.id) }
            ) { transaction in
                try await screenings.schedule(call.body, scope: limit, in: transaction)
            }
        }
    }

    private var show: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}", "Shows a showtime.",
            access: .permission(.showtimes, .read),
            answers: .ok(ShowtimeShapes.managed)
        ) { call in
            let showtime = try await programme.showtime(call.id("id"), scope: scope.limit(of: call.caller), in: pool)
            return .ok(showtime, etag: .version(showtime.version))
        }
    }

    private var change: Endpoint {
        Endpoint(
            .patch, "/v1/showtimes/{id}", "Changes a showtime; once seats are sold or held only its sale.",
            access: .permission(.showtimes, .modify),
            body: ShowtimeBodies.change,
            ifMatch: .required,
            answers: .ok(ShowtimeShapes.managed),
            problems: [
                .showtimeCancelled, .showtimeHasOrders, .showtimeStarted, .showtimeInPast, .showtimeTooFar, .formatNotSupported,
                .languageNotAvailable, .priceMissing(zone: "vip"), .zoneUnknown(at: 0), .zoneRepeated(at: 1),
                .priceBelowMinimum(at: 0, minimum: 3000), .saleWindowInvalid, .movieEnded, .beforeRelease, .screeningRightMissing,
                .hallOccupied,
            ].map { (refusal: Refusal) in Problem(refusal) }
        ) { call in
            let id = try call.id("id")
            let limit = try scope.limit(of: call.caller)
            let audit = try audit("showtime.changed", call)
            let showtime = try await writes.perform(call, audit: { audit($0.id) }) { transaction in
                try await screenings.change(
                    id, call.body, scope: limit, version: call.ifMatch, in: transaction
                )
            }
            return .ok(showtime, etag: .version(showtime.version))
        }
    }

    private var cancel: Endpoint {
        Endpoint(
            .delete, "/v1/showtimes/{id}", "Cancels a showtime: ends its unpaid orders and refunds the others.",
            access: .permission(.showtimes, .delete),
            ifMatch: .required,
            answers: .noContent
        ) { call in
            let id = try call.id("id")
            let limit = try scope.limit(of: call.caller)
            let audit = try audit("showtime.cancelled", call)
            let accountID = try call.caller.accountID
            try await writes.perform(call, audit: { audit(id) }) { transaction in
                try await screenings.cancel(
                    id, scope: limit, version: call.ifMatch, by: accountID, in: transaction
                )
            }
            return .noContent
        }
    }

    private func audit<Input>(_ action: String, _ call: Call<Input>) throws -> (Int64) -> AuditEntry {
        let accountID = try call.caller.accountID
        return { id in
            AuditEntry(actorAccountID: accountID, action: AuditAction(rawValue: action), subject: "showtime:\(id)", address: call.address)
        }
    }
}
