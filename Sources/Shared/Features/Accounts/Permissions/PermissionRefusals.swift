package import Callers

extension Refusal {
    /// Nobody gives or takes what it doesn't hold.
    package static let grantNotHeld = Refusal(
        .forbidden, "grant_not_held", "You can't give or take what you don't hold yourself."
    )
    /// The platform has disabled the account; its merchant can't undo that.
    package static let disabledByPlatform = Refusal(
        .forbidden, "disabled_by_platform", "The platform has disabled this account; only the platform can enable it again."
    )
    /// The cinemas that the caller reaches, or its merchant, have changed since it was last looked up; nothing was done.
    package static let scopeChanged = Refusal(
        .unavailable(retryAfter: 1), "scope_changed", "The cinemas that you are there for have just changed, nothing was done. Try again."
    )
    /// The caller is limited to some cinemas, and tried to add another cinema or to give somebody more than its own.
    package static let limitedToCinemas = Refusal(
        .forbidden, "limited_to_cinemas", "You are limited to some cinemas of your merchant."
    )
    /// Nobody would be left who may do everything.
    package static let lastOwner = Refusal(
        .conflict, "last_owner", "Somebody has to remain who may do everything; make another account that before you take it from this one."
    )
    package static let permissionExists = Refusal(
        .conflict, "permission_exists", "There is a permission of this name, or with these bits on this resource."
    )
    package static let groupExists = Refusal(.conflict, "group_exists", "There is a group of this name.")
    package static let permissionInUse = Refusal(.conflict, "permission_in_use", "Somebody or a group has this permission.")
    package static let groupInUse = Refusal(.conflict, "group_in_use", "Somebody or another group has this group.")
    package static let groupBuiltIn = Refusal(
        .conflict, "group_built_in", "This group comes with the program; make another one instead of changing it."
    )
    package static let alreadyMember = Refusal(.conflict, "already_member", "The account is in this group already.")

    // A body names something that doesn't exist, or that belongs to another realm or merchant.

    package static let permissionUnknown = Refusal(
        .invalid(pointer: "/permission_ids"), "permission_unknown", "One of these permissions doesn't exist."
    )
    package static let permissionGroupUnknown = Refusal(
        .invalid(pointer: "/permission_group_ids"), "permission_group_unknown",
        "One of these permission groups doesn't exist in this realm."
    )
    package static let userGroupUnknown = Refusal(
        .invalid(pointer: "/user_group_ids"), "user_group_unknown", "One of these user groups doesn't exist for this account."
    )
    package static let cinemaUnknown = Refusal(
        .invalid(pointer: "/cinema_ids"), "cinema_unknown", "One of these cinemas isn't the merchant's."
    )
    package static let accountUnknown = Refusal(
        .invalid(pointer: "/account_id"), "account_unknown", "There is no such account that this group is for."
    )
    package static let merchantUnknown = Refusal(
        .invalid(pointer: "/merchant_id"), "merchant_unknown", "There is no such merchant, or the group isn't of the cinema realm."
    )
}

extension AuditAction {
    package static let permissionAdded = AuditAction(rawValue: "permission.added")
    package static let permissionRenamed = AuditAction(rawValue: "permission.renamed")
    package static let permissionDeleted = AuditAction(rawValue: "permission.deleted")
    package static let permissionGroupAdded = AuditAction(rawValue: "permission_group.added")
    package static let permissionGroupChanged = AuditAction(rawValue: "permission_group.changed")
    package static let permissionGroupDeleted = AuditAction(rawValue: "permission_group.deleted")
    package static let userGroupAdded = AuditAction(rawValue: "user_group.added")
    package static let userGroupChanged = AuditAction(rawValue: "user_group.changed")
    package static let userGroupDeleted = AuditAction(rawValue: "user_group.deleted")
    package static let grantsChanged = AuditAction(rawValue: "account.grants_changed")
}
