import API
import Callers
import Database
import HTTP
import Shared

/// Permissions: which actions are allowed on which resource.
struct PermissionEndpoints: Sendable {
    let permissions: PermissionAdministration
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show, rename, delete] }

    private static let resource = QueryParameter("resource", .text(1...64), "Only permissions on this resource.", example: "orders")

    private static let new = Body<NewPermission>(
        "NewPermission",
        Field<String>.required("name", PermissionFields.name, "What it is called.", example: "orders: read, modify"),
        Field<String>.required(
            "resource", .text(1...63, pattern: #"^(\*|[a-z][a-z_]{0,62})$"#), "What it is about, as endpoints name it; `*` is everything.",
            example: "orders"),
        Field<Int>.required("bits", .int(1...15), "What it allows: the sum of read 1, write 2, modify 4 and delete 8.", example: "5")
    ) { try NewPermission(name: $0, resource: $1, bits: $2) }

    private static let change = Body<String?>(
        "PermissionChange",
        Field<String?>.optional("name", PermissionFields.name, "What it is called.", example: "orders: read, modify")
    ) { $0 }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/permissions", "Lists permissions by number.",
            access: .permission(.permissions, .read),
            query: [Self.resource],
            answers: .page(PermissionShape.permission)
        ) { call in
            .page(try await permissions.permissions(resource: call[Self.resource], page: call.page, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/permissions", "Adds a permission, which the caller has to hold itself.",
            access: .permission(.permissions, .write),
            body: Self.new,
            idempotency: true,
            answers: .created(PermissionShape.permission, at: show.path, \.id),
            refusals: [.permissionExists, .grantNotHeld]
        ) { call in
            let actor = try call.principal
            return try await writes.create(
                call, etag: { .version($0.version) }, audit: call.audit(.permissionAdded) { .permission($0.id) }
            ) { transaction in
                try await permissions.addPermission(call.body, by: actor, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/permissions/{id}", "Shows a permission.",
            access: .permission(.permissions, .read),
            answers: .ok(PermissionShape.permission)
        ) { call in
            let permission = try await permissions.permission(call[.id], in: pool)
            return .ok(permission, etag: .version(permission.version))
        }
    }

    var rename: Endpoint {
        Endpoint(
            .patch, "/v1/permissions/{id}", "Gives a permission another name; other bits are another permission.",
            access: .permission(.permissions, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(PermissionShape.permission),
            refusals: [.permissionExists]
        ) { call in
            let id = try call[.id]
            let permission = try await writes.perform(call, audit: call.audit(.permissionRenamed, .permission(id))) { transaction in
                try await permissions.renamePermission(id, to: call.body, version: call.ifMatch, in: transaction)
            }
            return .ok(permission, etag: .version(permission.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/permissions/{id}", "Deletes a permission that nobody and no group has.",
            access: .permission(.permissions, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.permissionInUse]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.permissionDeleted, .permission(id))) { transaction in
                try await permissions.deletePermission(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}

extension AuditSubject {
    static func permission(_ id: Int64) -> AuditSubject { AuditSubject("permission", id) }
    static func userGroup(_ id: Int64) -> AuditSubject { AuditSubject("user_group", id) }
    static func permissionGroup(_ id: Int64) -> AuditSubject { AuditSubject("permission_group", id) }
}
