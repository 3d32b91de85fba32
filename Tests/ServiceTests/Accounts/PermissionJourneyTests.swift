import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing

@Suite("Who is given what, over HTTP")
struct PermissionJourneyTests {
    @Test("Administrators keep permissions and groups, with tags; what is in use and what comes with the program stays")
    func keeping() async throws {
        try await Platform.with { platform in
            let admin = platform.admin
            let root = platform.administrator
            let permission = try await admin.ask(
                .post, "/v1/permissions", token: root, json: #"{"name": "tickets: print", "resource": "tickets", "bits": 4}"#)
            #expect(permission.status == 201, "\(permission.body)")
            let again = try await admin.ask(
                .post, "/v1/permissions", token: root, json: #"{"name": "x", "resource": "tickets", "bits": 4}"#)
            #expect(again.code == "permission_exists")
            let path = "/v1/permissions/\(permission["id"].number)"
            let tag = permission.headers[.eTag]
            #expect(try await admin.ask(.patch, path, token: root, json: #"{"name": "print"}"#).status == 428)
            let renamed = try await admin.ask(.patch, path, token: root, json: #"{"name": "print"}"#, ifMatch: tag)
            #expect(renamed.status == 200 && renamed["name"].text == "print")
            #expect(try await admin.ask(.delete, path, token: root, ifMatch: tag).status == 412)

            let id = permission["id"].number
            let group = try await admin.ask(
                .post, "/v1/permission-groups", token: root, json: #"{"realm": "cinema", "name": "print", "permission_ids": [\#(id)]}"#)
            #expect(group.status == 201, "\(group.body)")
            #expect(try await admin.ask(.delete, path, token: root, ifMatch: "*").code == "permission_in_use")
            let unknown = try await admin.ask(
                .patch, "/v1/permission-groups/\(group["id"].number)", token: root, json: #"{"permission_ids": [999]}"#, ifMatch: "*")
            #expect(unknown.status == 422 && unknown.code == "permission_unknown")

            let merchant = try await platform.merchant("wanda")
            let people = try await admin.ask(
                .post, "/v1/user-groups", token: root,
                json: """
                    {"realm": "cinema", "merchant_id": \(merchant.id), "name": "printers", "permission_ids": [], \
                    "permission_group_ids": [\(group["id"].number)]}
                    """)
            #expect(people.status == 201, "\(people.body)")
            let mixed = try await admin.ask(
                .post, "/v1/user-groups", token: root,
                json: #"{"realm": "client", "name": "x", "permission_ids": [], "permission_group_ids": [\#(group["id"].number)]}"#)
            #expect(mixed.code == "permission_group_unknown")
            let foreign = try await admin.ask(
                .post, "/v1/user-groups", token: root,
                json: #"{"realm": "client", "merchant_id": \#(merchant.id), "name": "x", "permission_ids": []}"#)
            #expect(foreign.code == "merchant_unknown")

            let printer = try await platform.holder(.cinema, of: merchant.id, grants: [:])
            let membersPath = "/v1/user-groups/\(people["id"].number)/members"
            let joined = try await admin.ask(.post, membersPath, token: root, json: #"{"account_id": \#(printer.accountID)}"#)
            #expect(joined.status == 201, "\(joined.body)")
            #expect(
                try await admin.ask(.post, membersPath, token: root, json: #"{"account_id": \#(printer.accountID)}"#).code
                    == "already_member")
            let anna = try await platform.holder(.client, grants: [:])
            #expect(
                try await admin.ask(.post, membersPath, token: root, json: #"{"account_id": \#(anna.accountID)}"#).code == "account_unknown"
            )
            let other = try await platform.holder(.cinema, of: platform.merchant("bona").id, grants: [:])
            #expect(
                try await admin.ask(.post, membersPath, token: root, json: #"{"account_id": \#(other.accountID)}"#).code
                    == "account_unknown")
            #expect(try await admin.ask(.get, membersPath, token: root)["items"].items.count == 1)

            let why = try await admin.ask(
                .get, "/v1/accounts/\(printer.accountID)/effective-permissions?resource=tickets", token: root)
            #expect(why.status == 200, "\(why.body)")
            let resource = try #require(why["resources"].items.first)
            #expect(resource["effective"].number == 4)
            let way = try #require(resource["bits"].items.first?["paths"].items.first)
            #expect(way["permission"].text == "print" && way["permission_group"].text == "print" && way["user_group"].text == "printers")

            let groupPath = "/v1/user-groups/\(people["id"].number)"
            #expect(try await admin.ask(.delete, groupPath, token: root, ifMatch: "*").code == "group_in_use")
            let left = try await admin.ask(.delete, "\(membersPath)/\(printer.accountID)", token: root, ifMatch: joined.headers[.eTag])
            #expect(left.status == 204, "\(left.body)")
            #expect(try await admin.ask(.delete, groupPath, token: root, ifMatch: "*").status == 204)
            let usher = "/v1/user-groups/\(try await platform.groupID("usher"))"
            #expect(try await admin.ask(.patch, usher, token: root, json: #"{"name": "x"}"#, ifMatch: "*").code == "group_built_in")
            #expect(try await admin.ask(.delete, usher, token: root, ifMatch: "*").code == "group_built_in")
            let audited = try await platform.pool.rows("SELECT DISTINCT action FROM audit_events ORDER BY action") {
                try $0["action"] as String
            }
            #expect(
                Set(audited).isSuperset(of: ["permission.added", "permission_group.added", "user_group.deleted", "account.grants_changed"]))
        }
    }

    @Test("Nobody gives or takes what it doesn't hold itself, administrators neither; the last who may do everything remains")
    func holding() async throws {
        try await Platform.with { platform in
            let keeper = try await platform.holder(.admin, grants: ["permissions": 15, "accounts": 15, "orders": 1])
            let somebody = try await platform.holder(.admin, grants: [:])
            func ask(_ method: HTTPRequest.Method, _ path: String, _ json: String) async throws -> Asked {
                try await platform.admin.ask(method, path, token: keeper.token, json: json, ifMatch: method == .patch ? "*" : nil)
            }
            let everything = try await ask(.post, "/v1/permissions", #"{"name": "all", "resource": "*", "bits": 1}"#)
            #expect(everything.status == 403 && everything.code == "grant_not_held")
            #expect(try await ask(.post, "/v1/permissions", #"{"name": "o", "resource": "orders", "bits": 3}"#).code == "grant_not_held")
            let grants = "/v1/accounts/\(somebody.accountID)/grants"
            let superAdmin = try await platform.groupID("super-admin")
            #expect(try await ask(.patch, grants, #"{"user_group_ids": [\#(superAdmin)]}"#).code == "grant_not_held")
            let reading = try #require(
                try await platform.pool.row("SELECT id FROM permissions WHERE resource = 'orders' AND bits = 1") { try $0["id"] as Int64 })
            #expect(try await ask(.patch, grants, #"{"permission_ids": [\#(reading)]}"#).status == 200)
            let root = try #require(
                try await platform.pool.row("SELECT id FROM accounts WHERE username = 'root'") { try $0["id"] as Int64 })
            #expect(try await ask(.patch, "/v1/accounts/\(root)/grants", #"{"user_group_ids": []}"#).code == "grant_not_held")
            #expect(try await ask(.patch, "/v1/accounts/\(root)", #"{"permission": 1}"#).code == "grant_not_held")
            #expect(try await ask(.patch, "/v1/accounts/\(root)", #"{"disabled": true}"#).code == "grant_not_held")
            let oneself = try await platform.admin.ask(
                .patch, "/v1/accounts/\(root)/grants", token: platform.administrator, json: #"{"user_group_ids": []}"#, ifMatch: "*")
            #expect(oneself.status == 409 && oneself.code == "last_owner", "\(oneself.body)")

            // A mask that is lifted gives as well.
            let masked = try await platform.holder(.client, grants: ["orders": 7], mask: 1)
            #expect(try await ask(.patch, "/v1/accounts/\(masked.accountID)", #"{"permission": 7}"#).code == "grant_not_held")
            #expect(try await ask(.patch, "/v1/accounts/\(masked.accountID)", #"{"permission": 0}"#).status == 200)
        }
    }

    @Test("Somebody who may change its own groups can't get a permission by it that it doesn't hold")
    func ownGroups() async throws {
        try await Platform.with { platform in
            let keeper = try await platform.holder(.admin, grants: ["permissions": 15])
            let everything = try #require(
                try await platform.pool.row("SELECT id FROM permissions WHERE resource = '*' AND bits = 15") { try $0["id"] as Int64 })
            func root(_ path: String, _ json: String) async throws -> Int64 {
                let made = try await platform.admin.ask(.post, path, token: platform.administrator, json: json)
                #expect(made.status == 201, "\(made.body)")
                return made["id"].number
            }
            let permissionGroup = try await root(
                "/v1/permission-groups", #"{"realm": "admin", "name": "keepers", "permission_ids": []}"#)
            let userGroup = try await root(
                "/v1/user-groups",
                #"{"realm": "admin", "name": "keepers", "permission_ids": [], "permission_group_ids": [\#(permissionGroup)]}"#)
            try await platform.pool.execute(
                """
                INSERT INTO user_group_members (account_id, user_group_id, realm, owner_id)
                VALUES (\(keeper.accountID), \(userGroup), 'admin', 0)
                """)
            for path in ["/v1/user-groups/\(userGroup)", "/v1/permission-groups/\(permissionGroup)"] {
                let answer = try await platform.admin.ask(
                    .patch, path, token: keeper.token, json: #"{"permission_ids": [\#(everything)]}"#, ifMatch: "*")
                #expect(answer.status == 403 && answer.code == "grant_not_held", "\(path): \(answer.body)")
            }
        }
    }

    @Test("A merchant makes and changes its own people, for some of its cinemas, and always keeps an owner")
    func members() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let owner = stage.merchant.token
            let elsewhere = try await platform.hall(stage.merchant)
            let (scheduler, usher, ownerGroup) = (
                try await platform.groupID("scheduler"), try await platform.groupID("usher"), try await platform.groupID("cinema owner")
            )
            func make(_ name: String, _ groups: [Int64], _ cinemas: [Int64], by token: String) async throws -> Asked {
                try await platform.cinema.ask(
                    .post, "/v1/members", token: token,
                    json: """
                        {"username": "\(name)", "password": "\(Platform.password)", "user_group_ids": \(groups), "cinema_ids": \(cinemas)}
                        """)
            }
            let made = try await make("clerk", [scheduler], [stage.cinemaID], by: owner)
            #expect(made.status == 201, "\(made.body)")
            #expect(made["user_group_ids"].items.map(\.number) == [scheduler])
            let path = "/v1/members/\(made["id"].number)"
            let signedIn = try await platform.signIn("clerk", at: .cinema, #", "new_password": "of the clerk's own""#)
            let clerk = signedIn["token"].text
            #expect(
                try await platform.cinema.ask(.get, "/v1/cinemas", token: clerk)["items"].items.map { $0["id"].number } == [stage.cinemaID])
            #expect(try await platform.cinema.ask(.get, "/v1/halls/\(elsewhere.hallID)", token: clerk).status == 404)
            #expect(try await platform.cinema.ask(.get, "/v1/members", token: clerk).status == 403)
            let later = stage.startsAt.addingTimeInterval(86_400)
            func schedule(_ hallID: Int64) async throws -> Asked {
                try await platform.schedule(
                    Platform.Merchant(id: stage.merchant.id, token: clerk), hallID: hallID, movieID: stage.movieID, startsAt: later)
            }
            #expect(try await schedule(elsewhere.hallID).code == "hall_unknown")
            #expect(try await schedule(stage.hallID).status == 201)

            // Another cinema counts for the very next write, whatever was remembered.
            let moved = try await platform.cinema.ask(
                .patch, path, token: owner, json: #"{"cinema_ids": [\#(elsewhere.cinemaID)]}"#, ifMatch: made.headers[.eTag])
            #expect(moved.status == 200, "\(moved.body)")
            #expect(try await platform.cinema.ask(.get, "/v1/showtimes/\(stage.showtimeID)", token: clerk).status == 404)

            let manager = try await platform.holder(
                .cinema, of: stage.merchant.id, grants: ["members": 15, "tickets": 3, "cinemas": 3, "halls": 1, "showtimes": 1],
                cinemaIDs: [stage.cinemaID])
            #expect(try await make("door", [usher], [stage.cinemaID], by: manager.token).status == 201)
            #expect(try await make("door2", [usher], [], by: manager.token).code == "limited_to_cinemas")
            #expect(try await make("door3", [usher], [elsewhere.cinemaID], by: manager.token).code == "limited_to_cinemas")
            #expect(try await make("door4", [ownerGroup], [stage.cinemaID], by: manager.token).code == "grant_not_held")
            #expect(
                try await make("door5", [try await platform.groupID("super-admin")], [stage.cinemaID], by: owner).code
                    == "user_group_unknown")
            #expect(try await platform.cinema.ask(.get, path, token: manager.token).status == 404)
            let cinema = """
                {"name": "New", "city_id": 1, "district": "d", "address": "a", "latitude": 31.2, "longitude": 121.4, "phone": "1", \
                "service_fee_fen": 0, "seat_limit": 6}
                """
            #expect(try await platform.cinema.ask(.post, "/v1/cinemas", token: manager.token, json: cinema).code == "limited_to_cinemas")

            let stranger = try await platform.merchant("bona")
            #expect(try await platform.cinema.ask(.get, path, token: stranger.token).status == 404)
            let stolen = try await platform.cinema.ask(
                .patch, path, token: stranger.token, json: #"{"disabled": true}"#, ifMatch: "*")
            #expect(stolen.status == 404)
            let theirs = try await make("thief", [usher], [stage.cinemaID], by: stranger.token)
            #expect(theirs.status == 422 && theirs.code == "cinema_unknown")

            let me = try await platform.cinema.ask(.get, "/v1/me", token: owner)["id"].number
            for change in [#"{"user_group_ids": []}"#, #"{"cinema_ids": [\#(stage.cinemaID)]}"#] {
                let refused = try await platform.cinema.ask(.patch, "/v1/members/\(me)", token: owner, json: change, ifMatch: "*")
                #expect(refused.status == 409 && refused.code == "last_owner", "\(refused.body)")
            }
            let shut = try await platform.cinema.ask(.patch, "/v1/members/\(me)", token: owner, json: #"{"disabled": true}"#, ifMatch: "*")
            #expect(shut.code == "own_account")
            #expect(try await make("partner", [ownerGroup], [], by: owner).status == 201)
            let stepped = try await platform.cinema.ask(
                .patch, "/v1/members/\(me)", token: owner, json: #"{"user_group_ids": [\#(usher)]}"#, ifMatch: "*")
            #expect(stepped.status == 200, "\(stepped.body)")
            #expect(try await platform.cinema.ask(.get, "/v1/members", token: owner).status == 403)
        }
    }

    @Test("A permission taken away through one binary stops the next write at another, and soon its reads")
    func takenAway() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seats = try await platform.seats(stage.showtimeID)
            let (first, second) = (try #require(seats["A1"])["id"].number, try #require(seats["B1"])["id"].number)
            let order = try await platform.order(anna, stage.showtimeID, seats: [first])
            #expect(order.status == 201, "\(order.body)")
            let path = "/v1/orders/\(order["id"].text)"
            #expect(try await platform.client.ask(.get, path, token: anna).status == 200)

            let id = try await platform.client.ask(.get, "/v1/me", token: anna)["id"].number
            let grants = try await platform.admin.ask(.get, "/v1/accounts/\(id)/grants", token: platform.administrator)
            #expect(try await platform.client.ask(.get, path, token: anna).status == 200)
            let taken = try await platform.admin.ask(
                .patch, "/v1/accounts/\(id)/grants", token: platform.administrator, json: #"{"user_group_ids": []}"#,
                ifMatch: grants.headers[.eTag])
            #expect(taken.status == 200, "\(taken.body)")
            let opening = try await platform.order(anna, stage.showtimeID, seats: [second])
            #expect(opening.status == 403 && opening.code == "account_restricted", "\(opening.body)")
            let cancelling = try await platform.client.ask(.delete, path, token: anna)
            #expect(cancelling.status == 403, "\(cancelling.body)")
            let status = try await eventually {
                let status = try await platform.client.ask(.get, path, token: anna).status
                return status == 200 ? nil : status
            }
            #expect(status == 403)
            let orders = try await platform.pool.row("SELECT count(*) AS count FROM orders") { try $0["count"] as Int64 }
            #expect(orders == 1)
        }
    }

    @Test("A cinema taken away through one binary counts for the next write and the next sale at another")
    func cinemaTakenAway() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let elsewhere = try await platform.hall(stage.merchant).cinemaID
            let clerk = try await platform.holder(
                .cinema, of: stage.merchant.id, grants: ["orders": 7, "halls": 5], cinemaIDs: [stage.cinemaID])
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(seat)]}"#
            let hall = "/v1/halls/\(stage.hallID)"
            func sell() async throws -> Asked {
                try await platform.cinema.ask(.post, "/v1/orders", token: clerk.token, json: order)
            }
            func rename() async throws -> Asked {
                try await platform.cinema.ask(.patch, hall, token: clerk.token, json: #"{"name": "2"}"#, ifMatch: "*")
            }
            #expect(try await rename().status == 200)
            let moved = try await platform.admin.ask(
                .patch, "/v1/accounts/\(clerk.accountID)/grants", token: platform.administrator,
                json: #"{"cinema_ids": [\#(elsewhere)]}"#, ifMatch: "*")
            #expect(moved.status == 200, "\(moved.body)")
            // What it remembers may be a moment old: then it asks for another try, and that one knows.
            #expect(try await sell().code == "showtime_unknown")
            let first = try await rename()
            #expect(first.status == 503 && first.code == "scope_changed" || first.status == 404, "\(first.body)")
            #expect(try await rename().status == 404)
            #expect(try await sell().code == "showtime_unknown")
        }
    }
}
