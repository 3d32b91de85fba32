import API
import Callers
import Database
import HTTP
import Shared

/// User groups: accounts with the same permissions.
struct UserGroupEndpoints: Sendable {
    let permissions: PermissionAdministration
    let granting: Granting
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show, change, delete, members, addMember, removeMember] }

    private static let realm = QueryParameter("realm", .enumeration(Realm.self), "Only groups of this realm.", example: "cinema")
    private static let merchant = QueryParameter(
        "merchant_id", .id, "Only groups that this merchant's people may be in, the platform's among them.", example: "3"
    )

    private static let new = Body<NewUserGroup>(
        "NewUserGroup",
        Field<Realm>.required("realm", .enumeration(Realm.self), "The side of the platform that it is for.", example: "cinema"),
        Field<Int64?>.nullable("merchant_id", .id, "In the cinema realm: the one merchant whose people it is for.", example: "3"),
        Field<String>.required("name", PermissionFields.name, "What it is called.", example: "night shift"),
        Field<[Int64]>.required("permission_ids", PermissionFields.ids, PermissionFields.permissionIDsMeaning, example: "[7]"),
        Field<[Int64]>.defaulted(
            "permission_group_ids", PermissionFields.ids, PermissionFields.permissionGroupIDsMeaning, default: [] as [Int64], example: "[2]"
        )
    ) { NewUserGroup(realm: $0, merchantID: $1, name: $2, permissionIDs: $3, permissionGroupIDs: $4) }

    private static let change = Body<GroupChange>(
        "UserGroupChange",
        Field<String?>.optional("name", PermissionFields.name, "What it is called.", example: "night shift"),
        Field<[Int64]?>.optional("permission_ids", PermissionFields.ids, PermissionFields.permissionIDsMeaning, example: "[7]"),
        Field<[Int64]?>.optional(
            "permission_group_ids", PermissionFields.ids, PermissionFields.permissionGroupIDsMeaning, example: "[2]")
    ) { GroupChange(name: $0, permissionIDs: $1, permissionGroupIDs: $2) }

    private static let newMember = Body<Int64>(
        "NewGroupMember",
        Field<Int64>.required("account_id", .id, "The account, of the same realm and merchant.", example: "12")
    ) { $0 }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/user-groups", "Lists user groups by number.",
            access: .permission(.permissions, .read),
            query: [Self.realm, Self.merchant],
            answers: .page(PermissionShape.userGroup)
        ) { call in
            .page(
                try await permissions.userGroups(
                    realm: call[Self.realm], merchantID: call[Self.merchant], page: call.page, in: pool
                )
            )
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/user-groups", "Adds a user group, with permissions that the caller holds itself.",
            access: .permission(.permissions, .write),
            body: Self.new,
            idempotency: true,
            answers: .created(PermissionShape.userGroup, at: show.path, \.id),
            refusals: [.groupExists, .merchantUnknown, .permissionUnknown, .permissionGroupUnknown, .grantNotHeld]
        ) { call in
            let actor = try call.principal
            return try await writes.create(
                call, etag: { .version($0.version) }, audit: call.audit(.userGroupAdded) { .userGroup($0.id) }
            ) { transaction in
                try await permissions.addUserGroup(call.body, by: actor, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/user-groups/{id}", "Shows a user group.",
            access: .permission(.permissions, .read),
            answers: .ok(PermissionShape.userGroup)
        ) { call in
            let group = try await permissions.userGroup(call[.id], in: pool)
            return .ok(group, etag: .version(group.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/user-groups/{id}", "Changes a user group for all its members.",
            access: .permission(.permissions, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(PermissionShape.userGroup),
            refusals: [.groupBuiltIn, .groupExists, .permissionUnknown, .permissionGroupUnknown, .grantNotHeld]
        ) { call in
            let id = try call[.id]
            let actor = try call.principal
            let group = try await writes.perform(call, audit: call.audit(.userGroupChanged, .userGroup(id))) { transaction in
                try await permissions.changeUserGroup(id, call.body, version: call.ifMatch, by: actor, in: transaction)
            }
            return .ok(group, etag: .version(group.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/user-groups/{id}", "Deletes a user group without members.",
            access: .permission(.permissions, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.groupBuiltIn, .groupInUse]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.userGroupDeleted, .userGroup(id))) { transaction in
                try await permissions.deleteUserGroup(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }

    var members: Endpoint {
        Endpoint(
            .get, "/v1/user-groups/{id}/members", "Lists the members of a user group by number.",
            access: .permission(.permissions, .read),
            answers: .page(PermissionShape.grants)
        ) { call in
            .page(try await granting.members(ofGroup: call[.id], page: call.page, in: pool))
        }
    }

    var addMember: Endpoint {
        Endpoint(
            .post, "/v1/user-groups/{id}/members", "Makes an account a member, by somebody who holds all that the group may do.",
            name: "addUserGroupMember",
            access: .permission(.permissions, .write),
            body: Self.newMember,
            idempotency: true,
            answers: .created(PermissionShape.grants, at: GrantEndpoints.path, \.account.id),
            refusals: [.accountUnknown, .alreadyMember, .grantNotHeld]
        ) { call in
            let id = try call[.id]
            let actor = try call.principal
            return try await writes.create(
                call, etag: { .version($0.account.version) }
            ) { transaction in
                try await granting.addMember(call.body, toGroup: id, by: actor, needs: call.need, address: call.address, in: transaction)
            }
        }
    }

    var removeMember: Endpoint {
        Endpoint(
            .delete, "/v1/user-groups/{id}/members/{account_id}", "Takes an account out of the group; `If-Match` is the account's.",
            name: "removeUserGroupMember",
            access: .permission(.permissions, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.grantNotHeld, .lastOwner]
        ) { call in
            let (id, accountID) = (try call[.id], try call[.id("account_id")])
            let actor = try call.principal
            try await writes.perform(call) { transaction in
                try await granting.removeMember(
                    accountID, fromGroup: id, version: call.ifMatch, by: actor, needs: call.need, address: call.address, in: transaction
                )
            }
            return .noContent
        }
    }
}
