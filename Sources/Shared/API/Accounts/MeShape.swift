import Callers
import HTTP
import Shared

/// The caller: its account, for whom it acts, and what it may do.
struct Me: Sendable {
    /// What it may do to a resource.
    struct Permissions: Sendable {
        let resource: Resource
        /// The words of the actions, at least one.
        let actions: [String]
    }

    let profile: AccountProfile
    /// Those of the resources that it may act on.
    let permissions: [Permissions]
}

enum MeShape {
    private static let permissions = Shape<Me.Permissions>(
        "ResourcePermissions",
        .text("resource", "What is acted on; `GET /v1/words` has its name.", example: "orders") { $0.resource.rawValue },
        .texts("actions", "What it may do: of `read`, `write`, `modify` and `delete`.", example: #"["read", "write"]"#) { $0.actions }
    )

    static let me = Shape<Me>(
        "Me",
        .fields(
            of: AccountShape.account, "id", "realm", "username", "phone", "phone_verified", "email", "email_verified", "permission",
            "merchant_id"
        ) { $0.profile.account },
        .object("merchant", AccountShape.merchant, "That merchant, verified or not.", absentWhenNil: true) { $0.profile.merchant },
        .fields(of: AccountShape.account, "created_at") { $0.profile.account },
        .list("permissions", permissions, "What it may do, by resource; those on which it may do nothing are left out.") { $0.permissions }
    )
}
