import API
import Callers
import HTTP
import Shared

/// The apps to which people can go from another app without signing in again.
struct AppEndpoints: Sendable {
    let apps: Apps
    let writes: Writes

    var all: [Endpoint] { [list, register, change] }

    static let app = Shape<RegisteredApp>(
        "App",
        .id("id", "Number of the app.", example: "2") { $0.app.id },
        .text("name", "Its name.", example: "Piao for tablets") { $0.app.name },
        .enumeration("realm", "Whose people it signs in.") { $0.app.realm },
        .bool("enabled", "Whether it may sign people in.") { $0.app.isEnabled },
        .text(
            "secret", "By which it proves itself; shown only when it is new.", example: "app_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd",
            absentWhenNil: true
        ) {
            $0.secret?.text
        },
        .timestamp("created_at", "When it was registered.") { $0.app.createdAt },
        .int("version", "Raised by every change; the ETag.", example: "1") { $0.app.version }
    )

    struct New: Sendable {
        let name: String
        let realm: Realm
    }

    static let new = Body<New>(
        "NewApp",
        Field<String>.required("name", .name(1...100), "Its name.", example: "Piao for tablets"),
        Field<Realm>.required("realm", .enumeration(Realm.self), "Whose people it signs in.", example: "client")
    ) { New(name: $0, realm: $1) }

    static let change = Body<AppChange>(
        "AppChange",
        Field<String?>.optional("name", .name(1...100), "Its name.", example: "Piao for tablets"),
        Field<Bool?>.optional("enabled", .bool, "Whether it may sign people in."),
        Field<Bool>.defaulted("new_secret", .bool, "Whether to make a new secret; the old one is worth nothing then.", default: false)
    ) { AppChange(name: $0, isEnabled: $1, renewsSecret: $2) }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/apps", "Lists the registered apps.",
            access: .permission(.apps, .read),
            answers: .page(Self.app)
        ) { call in
            let page = try await apps.apps(page: call.page)
            return .page(page.map { RegisteredApp(app: $0, secret: nil) })
        }
    }

    // It takes no Idempotency-Key, because the answer with the secret would have to be stored.
    var register: Endpoint {
        Endpoint(
            .post, "/v1/apps", "Registers an app, and shows its secret this once.",
            access: .permission(.apps, .write),
            body: Self.new,
            answers: .created(Self.app, at: change.path, \.app.id),
            refusals: [.appExists]
        ) { call in
            let principal = try call.principal
            let registered = try await writes.perform(call) { transaction in
                try await apps.register(
                    name: call.body.name, realm: call.body.realm, by: principal, address: call.address, in: transaction
                )
            }
            return .created(registered, etag: .version(registered.app.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/apps/{id}", "Changes an app's name, switches it on or off, or gives it a new secret.",
            access: .permission(.apps, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(Self.app),
            refusals: [.appExists]
        ) { call in
            let id = try call[.id]
            let principal = try call.principal
            let changed = try await writes.perform(call) { transaction in
                try await apps.change(id, call.body, version: call.ifMatch, by: principal, address: call.address, in: transaction)
            }
            return .ok(changed, etag: .version(changed.app.version))
        }
    }
}
