import Database
import HTTP
import Presentation
import Shared

/// Everybody's accounts, of all realms.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/accounts | accounts: read |
/// | GET | /v1/accounts/{id} | accounts: read |
/// | PATCH | /v1/accounts/{id} | accounts: modify |
struct AccountEndpoints: Sendable {
    let identity: Identity
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, show, change] }

    static let realm = QueryParameter("realm", .enumeration(Realm.self), "Only accounts of this realm.", example: "client")

    struct Change: Sendable {
        let permission: Int?
        let disabled: Bool?
    }

    static let change = Body<Change>(
        "AccountChange",
        .optional(
            "permission", .int(0...15), "The sum of read 1, write 2, modify 4 and delete 8; 1 is a blacklisted account.", example: "1"
        ),
        .optional("disabled", .bool, "Whether it is shut out; disabling ends its sessions at once.", example: "true")
    ) { Change(permission: $0, disabled: $1) }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/accounts", "Lists accounts by number.",
            access: .permission(.accounts, .read),
            query: [Self.realm],
            answers: .page(AccountShape.account)
        ) { call in
            .page(try await identity.accounts(realm: call[Self.realm], page: call.pageRequest, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/accounts/{id}", "Shows an account.",
            access: .permission(.accounts, .read),
            answers: .ok(AccountShape.account)
        ) { call in
            let account = try await identity.account(call.id("id"), in: pool)
            return .ok(account, etag: .version(account.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/accounts/{id}", "Changes what an account may do, or whether it may sign in.",
            access: .permission(.accounts, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(AccountShape.account),
            problems: [Problem(.ownAccount), Problem(.grantNotHeld)]
        ) { call in
            let id = try call.id("id")
            let change = try AccountChange(permission: call.body.permission, disabled: call.body.disabled)
            let principal = try Principal(call.caller)
            let account = try await writes.perform(call) { transaction in
                try await identity.changeAccount(
                    id, change, version: call.ifMatch, by: principal, address: call.address, in: transaction
                )
            }
            identity.forget(accountID: id)
            return .ok(account, etag: .version(account.version))
        }
    }
}
