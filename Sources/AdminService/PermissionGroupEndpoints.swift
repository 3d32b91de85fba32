import API
import Database
import HTTP
import Shared

/// Permissions that are given together.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/permission-groups | permissions: read |
/// | POST | /v1/permission-groups | permissions: write |
/// | GET | /v1/permission-groups/{id} | permissions: read |
/// | PATCH | /v1/permission-groups/{id} | permissions: modify |
/// | DELETE | /v1/permission-groups/{id} | permissions: delete |
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
            answers: .page(PermissionShapes.permissionGroup),
            problems: [Problem(.cursorInvalid)]
        ) { call in
            .page(try await permissions.permissionGroups(realm: call[Self.realm], page: call.pageRequest, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/permission-groups", "Adds a permission group, of permissions that the caller holds itself.",
            access: .permission(.permissions, .write),
            body: Self.new,
            idempotency: true,
            answers: .created(PermissionShapes.permissionGroup),
            problems: [Problem(.groupExists), Problem(.permissionUnknown), Problem(.grantNotHeld)]
        ) { call in
            let actor = try Principal(call.caller)
            return try await writes.create(
                call,
                at: { "/v1/permission-groups/\($0.id)" },
                etag: { .version($0.version) },
                audit: try call.audit(.permissionGroupAdded) { "permission_group:\($0.id)" }
            ) { transaction in
                try await permissions.addPermissionGroup(call.body, by: actor, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/permission-groups/{id}", "Shows a permission group.",
            access: .permission(.permissions, .read),
            answers: .ok(PermissionShapes.permissionGroup)
        ) { call in
            let group = try await permissions.permissionGroup(call.id("id"), in: pool)
            return .ok(group, etag: .version(group.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/permission-groups/{id}", "Changes a permission group for all that have it.",
            access: .permission(.permissions, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(PermissionShapes.permissionGroup),
            problems: [Problem(.groupExists), Problem(.permissionUnknown), Problem(.grantNotHeld)]
        ) { call in
            let id = try call.id("id")
            let actor = try Principal(call.caller)
            let audit = try call.audit(.permissionGroupChanged) { (_: PermissionGroup) in "permission_group:\(id)" }
            let group = try await writes.perform(call, audit: audit) { transaction in
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
            problems: [Problem(.groupInUse)]
        ) { call in
            let id = try call.id("id")
            try await writes.perform(call, audit: try call.audit(.permissionGroupDeleted) { "permission_group:\(id)" }) { transaction in
                try await permissions.deletePermissionGroup(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
