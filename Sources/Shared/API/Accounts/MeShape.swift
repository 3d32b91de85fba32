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

    let account: Account
    /// Only in the cinema realm.
    var merchant: Merchant?
    /// Those of the resources that it may act on.
    let permissions: [Permissions]
}

enum MeShape {
    private static let permissions = Shape<Me.Permissions>(
        "ResourcePermissions",
        .text("resource", "What is acted on; `GET /v1/words` has its name.", example: "orders") { $0.resource.rawValue },
        .texts("actions", "What it may do: of `read`, `write`, `modify` and `delete`.", example: #"["read", "write"]"#) { $0.actions }
    )

    /// The fields of ``AccountShape/account``, and more.
    static let me = Shape<Me>(
        "Me",
        .id("id", "Number of the account.", example: "12") { $0.account.id },
        .enumeration("realm", "The side of the platform that it belongs to.") { $0.account.realm },
        .text("username", "The name that it signs in with.", example: "anna") { $0.account.username },
        .text("phone", "Its phone number (E.164).", example: "+8613800138000") { $0.account.phone },
        .bool("phone_verified", "Whether a code that was sent there has proved it to be the account's; only then codes open the account.") {
            $0.account.phoneVerifiedAt != nil
        },
        .text("email", "Its e-mail address.", example: "anna@example.com") { $0.account.email },
        .bool("email_verified", "The same of the e-mail address.") { $0.account.emailVerifiedAt != nil },
        .int("permission", "Masks all that it may do: the sum of read 1, write 2, modify 4 and delete 8.", example: "7") {
            $0.account.permission.rawValue
        },
        .id("merchant_id", "The merchant that a cinema account acts for.", example: "3", absentWhenNil: true) { $0.account.merchantID },
        .object("merchant", AccountShape.merchant, "That merchant, verified or not.", absentWhenNil: true) { $0.merchant },
        .timestamp("created_at", "When it was made.") { $0.account.createdAt },
        .list("permissions", permissions, "What it may do, by resource; those on which it may do nothing are left out.") { $0.permissions }
    )
}
