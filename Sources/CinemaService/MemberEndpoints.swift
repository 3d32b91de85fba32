import API
import Callers
import Database
import HTTP
import Shared

/// The people of the caller's own merchant. Another merchant's people are not found. For a caller that is limited to some cinemas, people
/// of other cinemas aren't found either.
struct MemberEndpoints: Sendable {
    let members: MerchantMembers
    let granting: Granting
    let permissions: PermissionAdministration
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [groups, list, create, show, change] }

    private struct New: Sendable {
        let username: String
        let password: String
        let phone: String?
        let email: String?
        let grants: AccountGrantsChange
    }

    private static let new = Body<New>(
        "NewMember",
        Field<String>.required("username", NewAccountFields.username, NewAccountFields.usernameMeaning, example: "anna"),
        Field<String>.required("password", NewAccountFields.password, NewAccountFields.passwordMeaning, example: "correct horse battery"),
        Field<String?>.nullable("phone", NewAccountFields.phone, NewAccountFields.phoneMeaning, example: "13800138002"),
        Field<String?>.nullable("email", NewAccountFields.email, NewAccountFields.emailMeaning, example: "anna@example.com"),
        Field<[Int64]>.required("user_group_ids", PermissionFields.ids, PermissionFields.userGroupIDsMeaning, example: "[5]"),
        Field<[Int64]>.defaulted(
            "cinema_ids", PermissionFields.ids, PermissionFields.cinemaIDsMeaning, default: [] as [Int64], example: "[4]")
    ) {
        New(username: $0, password: $1, phone: $2, email: $3, grants: AccountGrantsChange(userGroupIDs: $4, cinemaIDs: $5))
    }

    private static let change = Body<AccountGrantsChange>(
        "MemberChange",
        Field<[Int64]?>.optional("user_group_ids", PermissionFields.ids, PermissionFields.userGroupIDsMeaning, example: "[5]"),
        Field<[Int64]?>.optional("cinema_ids", PermissionFields.ids, PermissionFields.cinemaIDsMeaning, example: "[4]"),
        Field<Bool?>.optional("disabled", .bool, "Whether it is disabled; disabling ends its sessions at once.", example: "true")
    ) { AccountGrantsChange(userGroupIDs: $0, cinemaIDs: $1, disabled: $2) }

    private static let grantRefusals: [Refusal] = [.grantNotHeld, .userGroupUnknown, .cinemaUnknown, .limitedToCinemas]

    var groups: Endpoint {
        Endpoint(
            .get, "/v1/user-groups",
            "Lists the user groups that members can be in: those that come with the program and the merchant's own.",
            access: .permission(.members, .read),
            answers: .page(PermissionShape.userGroup)
        ) { call in
            guard let merchantID = try call.scope.merchantID else { throw Refusal.notFound }
            return .page(try await permissions.userGroups(realm: .cinema, merchantID: merchantID, page: call.page, in: pool))
        }
    }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/members", "Lists the merchant's people by number.",
            access: .permission(.members, .read),
            answers: .page(PermissionShape.member)
        ) { call in
            .page(try await granting.members(call.scope, page: call.page, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/members", "Makes another account for the merchant, with groups and cinemas that the caller has itself.",
            access: .permission(.members, .write),
            rateLimit: .signUp,
            body: Self.new,
            answers: .created(PermissionShape.member, at: show.path, \.account.id),
            refusals: Self.grantRefusals + [
                .usernameTaken, .phoneTaken, .emailTaken, .usernameInvalid, .phoneInvalid, .emailInvalid, .passwordTooShort,
                .passwordTooLong, .busy, .quotaReached,
            ]
        ) { call in
            let body = call.body
            let new = try NewAccount(username: body.username, password: body.password, phone: body.phone, email: body.email)
            return try await members.add(
                new, grants: body.grants, scope: call.scope, by: call.principal, address: call.address
            ) { add in
                try await writes.create(call, etag: { .version($0.account.version) }) { try await add($0) }
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/members/{id}", "Shows one of the merchant's people.",
            access: .permission(.members, .read),
            answers: .ok(PermissionShape.member)
        ) { call in
            let member = try await granting.grants(of: call[.id], scope: call.scope, in: pool)
            return .ok(member, etag: .version(member.account.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/members/{id}", "Changes somebody's groups and cinemas, within what the caller has itself, or disables it.",
            access: .permission(.members, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(PermissionShape.member),
            refusals: Self.grantRefusals + [.lastOwner, .ownAccount, .disabledByPlatform]
        ) { call in
            let id = try call[.id]
            let (actor, scope) = (try call.principal, try call.scope)
            let member = try await writes.perform(call) { transaction in
                try await granting.changeGrants(
                    of: id, call.body, version: call.ifMatch, scope: scope, by: actor, needs: call.need, address: call.address,
                    in: transaction
                )
            }
            return .ok(member, etag: .version(member.account.version))
        }
    }
}
