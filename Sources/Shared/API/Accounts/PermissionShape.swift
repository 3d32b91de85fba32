package import Callers
package import HTTP
package import Shared

/// Permissions, groups and the grants of accounts in answers.
package enum PermissionShape {
    package static let permission = Shape<NamedPermission>(
        "Permission",
        .id("id", "Number of the permission.", example: "7") { $0.id },
        .text("name", "What it is called.", example: "orders: read, modify") { $0.name },
        .text("resource", "What it is about; `*` is everything.", example: "orders") { $0.grant.resource },
        .int("bits", "What it allows: the sum of read 1, write 2, modify 4 and delete 8.", example: "5") { $0.grant.bits.rawValue }
    )

    package static let permissionGroup = Shape<PermissionGroup>(
        "PermissionGroup",
        .id("id", "Number of the group.", example: "2") { $0.id },
        .enumeration("realm", "The side of the platform that it is for.") { $0.realm },
        .text("name", "What it is called.", example: "counter") { $0.name },
        .ints("permission_ids", "The permissions in it.", example: "[7]") { $0.permissionIDs }
    )

    package static let userGroup = Shape<UserGroup>(
        "UserGroup",
        .id("id", "Number of the group.", example: "5") { $0.id },
        .enumeration("realm", "The side of the platform that it is for.") { $0.realm },
        .id("merchant_id", "The one merchant whose people it is for; null for everybody of the realm.", example: "3") { $0.merchantID },
        .text("name", "What it is called.", example: "usher") { $0.name },
        .bool("built_in", "Whether it comes with the program; such a group can be neither changed nor deleted.") { $0.isBuiltIn },
        .bool("default", "Whether a new account of the realm is a member of it.") { $0.isDefault },
        .ints("permission_ids", "The permissions that it has itself.", example: "[7]") { $0.permissionIDs },
        .ints("permission_group_ids", "The permission groups that it has.", example: "[2]") { $0.permissionGroupIDs }
    )

    package static let grants = Shape<AccountGrants>(
        "AccountGrants",
        .object("account", AccountShape.account, "The account; its `permission` masks all that is given.") { $0.account },
        .ints("permission_ids", "The permissions that it has itself.", example: "[7]") { $0.permissionIDs },
        .ints("permission_group_ids", "The permission groups that it has itself.", example: "[2]") { $0.permissionGroupIDs },
        .ints("user_group_ids", "The user groups that it is a member of.", example: "[5]") { $0.userGroupIDs },
        .ints("cinema_ids", "The cinemas of its merchant that it is limited to; none for all of them.", example: "[4]") { $0.cinemaIDs }
    )

    package static let member = Shape<AccountGrants>(
        "Member",
        .fields(of: AccountShape.account, "id", "username", "phone", "email") { $0.account },
        .int("permission", "Masks what its groups give: the sum of read 1, write 2, modify 4 and delete 8.", example: "15") {
            $0.account.permission.rawValue
        },
        .ints("user_group_ids", "The user groups that it is a member of.", example: "[5]") { $0.userGroupIDs },
        .ints("cinema_ids", "The cinemas that it is limited to; none for all of them.", example: "[4]") { $0.cinemaIDs },
        .bool("disabled", "Whether it is disabled.") { $0.account.isDisabled },
        .enumeration(
            "disabled_by", "By whose people: the merchant's (`cinema`) or the platform's (`admin`), which only the platform undoes.",
            example: "cinema", absentWhenNil: true
        ) { $0.account.disabledBy },
        .fields(of: AccountShape.account, "created_at") { $0.account }
    )

    private static let path = Shape<PermissionPath>(
        "PermissionPath",
        .id("permission_id", "The permission.", example: "7") { $0.permissionID },
        .text("permission", "What it is called.", example: "orders: read, modify") { $0.permissionName },
        .text("resource", "What the permission is about; `*` is everything.", example: "orders") { $0.grant.resource },
        .int("bits", "What the permission allows.", example: "5") { $0.grant.bits.rawValue },
        .id("permission_group_id", "The permission group that it is in; null without one.", example: "2") { $0.permissionGroupID },
        .text("permission_group", "What that is called.", example: "counter") { $0.permissionGroupName },
        .id("user_group_id", "The user group that has it, of which the account is a member; null when it has it itself.", example: "5") {
            $0.userGroupID
        },
        .text("user_group", "What that is called.", example: "usher") { $0.userGroupName }
    )

    private static let bit = Shape<PermissionExplanation.OfBit>(
        "ExplainedBit",
        .int("bit", "One of read 1, write 2, modify 4 and delete 8.", example: "4") { $0.bit.rawValue },
        .bool("effective", "Whether the account's own field leaves it.") { $0.isEffective },
        .list("paths", path, "The ways by which it reaches the account.") { $0.paths }
    )

    private static let resource = Shape<PermissionExplanation.OfResource>(
        "ExplainedResource",
        .text("resource", "What is acted on.", example: "orders") { $0.resource },
        .int("granted", "All that reaches the account.", example: "7") { $0.granted.rawValue },
        .int("effective", "What its own field leaves of that: what it may do.", example: "1") { $0.effective.rawValue },
        .list("bits", bit, "Each bit that reaches it.") { $0.bits }
    )

    package static let explanation = Shape<PermissionExplanation>(
        "EffectivePermissions",
        .id("account_id", "Number of the account.", example: "12") { $0.account.id },
        .int("mask", "The account's own field, which masks all that is given.", example: "7") { $0.account.permission.rawValue },
        .bool("disabled", "Whether the account is disabled, so that it may do nothing at all.") { $0.account.isDisabled },
        .list("resources", resource, "What it may do, by resource.") { $0.resources }
    )
}

/// Bodies about permissions and groups.
package enum PermissionFields {
    package static let name = FieldKind<String>.name(1...100)
    package static let ids = FieldKind<[Int64]>.array(of: FieldKind<Int64>.id, 0...200)
    package static let permissionIDsMeaning = "Permissions, by number."
    package static let permissionGroupIDsMeaning = "Permission groups of the same realm, by number."
    package static let userGroupIDsMeaning = "User groups of the same realm, the platform's or the merchant's own, by number."
    package static let cinemaIDsMeaning = "The cinemas of its merchant that it is limited to; none for all of them."

    /// The refusals of giving and taking grants.
    package static let grantRefusals: [Refusal] = [
        .grantNotHeld, .permissionUnknown, .permissionGroupUnknown, .userGroupUnknown, .cinemaUnknown, .lastOwner,
    ]
}
