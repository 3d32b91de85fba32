import API
import Callers
import Database
import HTTP
import Shared

/// The grants of an account, and the reasons for its effective permissions.
struct GrantEndpoints: Sendable {
    let granting: Granting
    let permissions: PermissionAdministration
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [show, change, explain] }

    /// The path of an account's grants.
    static let path: PathTemplate = "/v1/accounts/{id}/grants"

    private static let resource = QueryParameter("resource", .text(1...64), "Only what it may do to this resource.", example: "orders")

    private static let change = Body<AccountGrantsChange>(
        "AccountGrantsChange",
        Field<[Int64]?>.optional("permission_ids", PermissionFields.ids, PermissionFields.permissionIDsMeaning, example: "[7]"),
        Field<[Int64]?>.optional(
            "permission_group_ids", PermissionFields.ids, PermissionFields.permissionGroupIDsMeaning, example: "[2]"),
        Field<[Int64]?>.optional("user_group_ids", PermissionFields.ids, PermissionFields.userGroupIDsMeaning, example: "[5]"),
        Field<[Int64]?>.optional("cinema_ids", PermissionFields.ids, PermissionFields.cinemaIDsMeaning, example: "[4]")
    ) { AccountGrantsChange(permissionIDs: $0, permissionGroupIDs: $1, userGroupIDs: $2, cinemaIDs: $3) }

    var show: Endpoint {
        Endpoint(
            .get, Self.path, "Shows the permissions, groups and cinemas that were given to an account.",
            access: .permission(.permissions, .read),
            answers: .ok(PermissionShape.grants)
        ) { call in
            let grants = try await granting.grants(of: call[.id], in: pool)
            return .ok(grants, etag: .version(grants.account.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, Self.path,
            "Gives permissions, groups and cinemas to an account or takes them; a list replaces the one before. `If-Match` is the account's.",
            access: .permission(.permissions, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(PermissionShape.grants),
            refusals: PermissionFields.grantRefusals
        ) { call in
            let id = try call[.id]
            let actor = try call.principal
            let grants = try await writes.perform(call) { transaction in
                try await granting.changeGrants(
                    of: id, call.body, version: call.ifMatch, scope: .everybody, by: actor, needs: call.need, address: call.address,
                    in: transaction
                )
            }
            return .ok(grants, etag: .version(grants.account.version))
        }
    }

    var explain: Endpoint {
        Endpoint(
            .get, "/v1/accounts/{id}/effective-permissions",
            "Tells why an account may do what it may: each bit with the ways by which it came, and the mask.",
            access: .permission(.permissions, .read),
            query: [Self.resource],
            answers: .ok(PermissionShape.explanation)
        ) { call in
            .ok(try await permissions.explanation(of: call[.id], resource: call[Self.resource], in: pool))
        }
    }
}
