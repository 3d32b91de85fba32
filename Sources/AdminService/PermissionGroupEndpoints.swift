import API
import Callers
import Database
import HTTP
import Shared

/// Permission groups: permissions that are given together.
struct PermissionGroupEndpoints: Sendable {
    let permissions: PermissionAdministration
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show, change, delete] }

    private static let realm = QueryParameter("realm", .enumeration(Realm.self), "Only groups of this realm.", example: "cinema")

    private static let new = Body<NewPermissionGroup>(
        "NewPermissionGroup",
        Field<Realm>.required("realm", .enumeration(Realm.self), "The side of the platform that it is for.", example: "cinema"),
        Field<String>.required("name", PermissionFields.name, "What it is called.", example: "counter"),
        Field<[Int64]>.required("permission_ids", PermissionFields.ids, PermissionFields.permissionIDsMeaning, example: "[7]")
    ) { NewPermissionGroup(realm: $0, name: $1, permissionIDs: $2) }

    private static let change = Body<GroupChange>(
        "PermissionGroupChange",
        Field<String?>.optional("name", PermissionFields.name, "What it is called.", example: "counter"),
        Field<[Int64]?>.optional("permission_ids", PermissionFields.ids, PermissionFields.permissionIDsMeaning, example: "[7]")
    ) { GroupChange(name: $0, permissionIDs: $1) }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/permission-groups", "Lists permission groups by number.",
            access: .permission(.permissions, .read),
            query: [Self.realm],
            answers: .page(PermissionShape.permissionGroup)
        ) { call in
            .page(try await permissions.permissionGroups(realm: call[Self.realm], page: call.page, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/permission-groups", "Adds a permission group, of permissions that the caller holds itself.",
            access: .permission(.permissions, .write),
            body: Self.new,
            idempotency: true,
            answers: .created(PermissionShape.permissionGroup, at: show.path, \.id),
            refusals: [.groupExists, .permissionUnknown, .grantNotHeld]
        ) { call in
            let actor = try call.principal
            return try await writes.create(
                call, etag: { .version($0.version) }, audit: call.audit(.permissionGroupAdded) { .permissionGroup($0.id) }
            ) { transaction in
                try await permissions.addPermissionGroup(call.body, by: actor, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/permission-groups/{id}", "Shows a permission group.",
            access: .permission(.permissions, .read),
            answers: .ok(PermissionShape.permissionGroup)
        ) { call in
            let group = try await permissions.permissionGroup(call[.id], in: pool)
            return .ok(group, etag: .version(group.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/permission-groups/{id}", "Changes a permission group for all that have it.",
            access: .permission(.permissions, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(PermissionShape.permissionGroup),
            refusals: [.groupExists, .permissionUnknown, .grantNotHeld]
        ) { call in
            let id = try call[.id]
            let actor = try call.principal
            let group = try await writes.perform(call, audit: call.audit(.permissionGroupChanged, .permissionGroup(id))) { transaction in
                try await permissions.changePermissionGroup(id, call.body, version: call.ifMatch, by: actor, in: transaction)
            }
            return .ok(group, etag: .version(group.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/permission-groups/{id}", "Deletes a permission group that nobody has.",
            access: .permission(.permissions, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.groupInUse]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.permissionGroupDeleted, .permissionGroup(id))) { transaction in
                try await permissions.deletePermissionGroup(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
