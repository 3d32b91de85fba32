import Callers
import Foundation
import HTTP
import Synchronization
import Text

/// A film of the example service.
struct Film: Equatable, Sendable {
    enum State: String, CaseIterable, Sendable { case coming, showing, ended }

    struct Credit: Equatable, Sendable {
        let name: String
        let role: String
    }

    var id: Int64
    var title: String
    var minutes: Int
    var companyID: Int64?
    var state: State
    var releasedAt: Date?
    var credits: [Credit]
    var version: Int64 = 1
}

struct NewFilm: Sendable {
    let title: String
    let minutes: Int
    let companyID: Int64?
    let state: Film.State
    let releasedAt: Date?
    let credits: [Film.Credit]
}

struct FilmChange: Sendable {
    let title: String?
    let companyID: Int64??
}

enum FilmBody {
    static let credit = Body<Film.Credit>(
        "NewCredit",
        .required("name", .text(1...100), "Name.", example: "Gong Li"),
        .required("role", .text(1...100), "What the person did.", example: "actor")
    ) { Film.Credit(name: $0, role: $1) }

    static let new = Body<NewFilm>(
        "NewFilm",
        .required("title", .text(1...20), "Title.", example: "Hero"),
        .required("minutes", .int(1...1000), "Length in minutes.", example: "99"),
        .optional("company_id", .id, "Who made it."),
        .defaulted("state", .enumeration(Film.State.self), "State.", default: .coming),
        .optional("released_at", .timestamp, "First showing."),
        .defaulted("credits", .array(of: .object(credit), 0...3), "Who took part.", default: [] as [Film.Credit])
    ) { title, minutes, companyID, state, releasedAt, credits in
        guard title != "Untitled" else { throw FieldIssue("/title", "title_taken") }
        return NewFilm(title: title, minutes: minutes, companyID: companyID, state: state, releasedAt: releasedAt, credits: credits)
    }

    static let change = Body<FilmChange>(
        "FilmChange",
        .optional("title", .text(1...20), "Title.", example: "Hero"),
        .clearable("company_id", .id, "Who made it; null for nobody known.")
    ) { FilmChange(title: $0, companyID: $1) }
}

enum FilmShape {
    static let credit = Shape<Film.Credit>(
        "Credit",
        .text("name", "Name.", example: "Gong Li") { $0.name },
        .text("role", "What the person did.", example: "actor") { $0.role }
    )

    static let film = Shape<Film>(
        "Film",
        .id("id", "Number of the film.") { $0.id },
        .text("title", "Title.", example: "Hero") { $0.title },
        .int("minutes", "Length in minutes.", example: "99") { $0.minutes },
        .id("company_id", "Who made it.") { $0.companyID },
        .enumeration("state", "Coming, showing or ended.") { $0.state },
        .timestamp("released_at", "First showing; absent when not known.", absentWhenNil: true) { $0.releasedAt },
        .list("credits", credit, "Who took part.") { $0.credits }
    )
}

/// The films, in memory.
final class FilmShelf: Sendable {
    private let films = Mutex<[Int64: Film]>([:])

    func add(_ new: NewFilm) -> Film {
        films.withLock { films in
            let film = Film(
                id: Int64(films.count + 1), title: new.title, minutes: new.minutes, companyID: new.companyID, state: new.state,
                releasedAt: new.releasedAt, credits: new.credits)
            films[film.id] = film
            return film
        }
    }

    func film(_ id: Int64) throws -> Film {
        guard let film = films.withLock({ $0[id] }) else { throw Problem.notFound }
        return film
    }

    func all(in state: Film.State?) -> [Film] {
        films.withLock { $0.values.filter { state == nil || $0.state == state }.sorted { $0.id < $1.id } }
    }

    func change(_ id: Int64, version: Int64?, _ change: FilmChange) throws -> Film {
        try films.withLock { films in
            guard var film = films[id] else { throw Problem.notFound }
            if let version, version != film.version { throw Problem.stale }
            if let title = change.title { film.title = title }
            if let companyID = change.companyID { film.companyID = companyID }
            film.version += 1
            films[id] = film
            return film
        }
    }

    func remove(_ id: Int64, version: Int64?) throws {
        try films.withLock { films in
            guard let film = films[id] else { throw Problem.notFound }
            if let version, version != film.version { throw Problem.stale }
            films[id] = nil
        }
    }
}

/// The films over HTTP.
struct FilmEndpoints: Sendable {
    let shelf = FilmShelf()

    var all: [Endpoint] { [list, create, show, change, remove, notification, named, receipt, crash, mine] }

    static let state = QueryParameter("state", .enumeration(Film.State.self), "Only films in this state.", example: "showing")
    static let near = QueryParameter("near", .coordinate, "Where the caller is.", example: "31.2304,121.4737")

    static let exists = Refusal(.conflict, "film_exists")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/films", "Lists the films.", access: .open, query: [Self.state, Self.near], answers: .page(FilmShape.film)
        ) { call in
            let start = call.page.cursor.flatMap { Int64($0) } ?? 0
            let films = shelf.all(in: try call[Self.state]).filter { $0.id > start }
            let items = Array(films.prefix(call.page.limit))
            return .page(Page(items: items, next: films.count > items.count ? items.last.map { String($0.id) } : nil))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/films", "Adds a film.", access: .permission("films", .write), body: FilmBody.new, idempotency: true,
            answers: .created(FilmShape.film, at: show.path, \.id), refusals: [Self.exists]
        ) { call in
            let film = shelf.add(call.body)
            guard film.title != "Twice" else {
                throw Problem(Self.exists.with("film_ids", .numbers([7])))
            }
            return .created(film, etag: .version(film.version))
        }
    }

    var show: Endpoint {
        Endpoint(.get, "/v1/films/{id}", "Shows a film.", access: .open, answers: .ok(FilmShape.film)) { call in
            let film = try shelf.film(try call[.id])
            return .ok(film, etag: .version(film.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/films/{id}", "Changes a film.", access: .permission("films", .modify), body: FilmBody.change, ifMatch: .required,
            answers: .ok(FilmShape.film)
        ) { call in
            let film = try shelf.change(try call[.id], version: call.ifMatch, call.body)
            return .ok(film, etag: .version(film.version))
        }
    }

    var remove: Endpoint {
        Endpoint(
            .delete, "/v1/films/{id}", "Removes a film.", access: .permission("films", .delete), ifMatch: .required, answers: .noContent
        ) { call in
            try shelf.remove(try call[.id], version: call.ifMatch)
            return .noContent
        }
    }

    var notification: Endpoint {
        Endpoint(
            .post, "/v1/notifications", "Takes a notification.", access: .open, rateLimit: .exempt, form: "What the gateway tells.",
            maximumBodyBytes: 64, answers: .plain
        ) { call in
            let words = [call.body.contentType ?? "-", call.body.contentEncoding ?? "-", "\(call.body.isCut)"]
            return .plain((words + [String(decoding: call.body.bytes, as: UTF8.self)]).joined(separator: "|"))
        }
    }

    /// Literals come before parameters, and text parameters are decoded.
    var named: Endpoint {
        Endpoint(.get, "/v1/films/named/{title}", "Says a title.", access: .open, answers: .plain) { call in
            .plain(try call[.text("title")])
        }
    }

    var receipt: Endpoint {
        Endpoint(.get, "/v1/receipts/{id:uuid}", "Says a receipt.", access: .open, answers: .plain) { call in
            .plain(try call[.uuid].uuidString)
        }
    }

    var crash: Endpoint {
        Endpoint(.get, "/v1/crash", "Fails.", access: .open, answers: .plain) { _ in throw ShelfCollapsed(secret: "hunter2") }
    }

    var mine: Endpoint {
        Endpoint(.get, "/v1/mine", "Says who calls.", access: .signedIn, answers: .plain) { call in
            .plain("\(try call.principal.accountID) \(call.requestID) \(call.traceparent ?? "-")")
        }
    }
}

struct ShelfCollapsed: Error {
    let secret: String
}
