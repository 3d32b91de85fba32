import API
import Callers
import Database
import HTTP
import Shared

/// The accounts of all realms.
struct AccountEndpoints: Sendable {
    let accounts: AccountAdministration
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, show, change] }

    static let realm = QueryParameter("realm", .enumeration(Realm.self), "Only accounts of this realm.", example: "client")
    static let username = QueryParameter("username", .typed(1...32), "Only accounts whose username begins with this.", example: "an")
    static let phone = QueryParameter("phone", NewAccountFields.phone, "Only accounts with this phone number.", example: "13800138000")
    static let email = QueryParameter("email", NewAccountFields.email, "Only accounts with this address.", example: "anna@example.com")
    static let disabled = QueryParameter("disabled", .bool, "Only accounts that are disabled, or that aren't.", example: "true")
    static let merchantID = QueryParameter("merchant_id", .id, "Only accounts that act for this merchant.", example: "3")

    struct Change: Sendable {
        let permission: Int?
        let disabled: Bool?
    }

    static let change = Body<Change>(
        "AccountChange",
        .optional(
            "permission", .int(0...15), "The sum of read 1, write 2, modify 4 and delete 8; 1 is a blacklisted account.", example: "1"
        ),
        .optional("disabled", .bool, "Whether it is disabled; disabling ends its sessions at once.", example: "true")
    ) { Change(permission: $0, disabled: $1) }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/accounts", "Lists accounts by number.",
            access: .permission(.accounts, .read),
            query: [Self.realm, Self.username, Self.phone, Self.email, Self.disabled, Self.merchantID],
            answers: .page(AccountShape.account),
            refusals: [Self.phoneInvalid, Self.emailInvalid]
        ) { call in
            .page(try await accounts.accounts(Self.filter(call), page: call.page, in: pool))
        }
    }

    static let phoneInvalid = Refusal(.malformed, "phone_invalid")
    static let emailInvalid = Refusal(.malformed, "email_invalid")

    private static func filter(_ call: Call<Void>) throws -> AccountFilter {
        AccountFilter(
            realm: try call[realm],
            usernamePrefix: try call[username],
            phone: try call[phone].map { text in
                guard let phone = try? PhoneNumber(text) else { throw phoneInvalid }
                return phone
            },
            email: try call[email].map { text in
                guard let email = try? EmailAddress(text) else { throw emailInvalid }
                return email
            },
            disabled: try call[disabled],
            merchantID: try call[merchantID]
        )
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/accounts/{id}", "Shows an account.",
            access: .permission(.accounts, .read),
            answers: .ok(AccountShape.account)
        ) { call in
            let account = try await accounts.account(call[.id], in: pool)
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
            refusals: [.ownAccount, .grantNotHeld, .lastOwner]
        ) { call in
            let id = try call[.id]
            let change = try AccountChange(permission: call.body.permission, disabled: call.body.disabled)
            let principal = try call.principal
            let account = try await writes.perform(call) { transaction in
                try await accounts.changeAccount(
                    id, change, version: call.ifMatch, by: principal, needs: call.need, address: call.address, in: transaction
                )
            }
            return .ok(account, etag: .version(account.version))
        }
    }
}
