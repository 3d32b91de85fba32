package import Callers

extension Refusal {
    /// Nobody gives or takes what it doesn't hold.
    package static let grantNotHeld = Refusal(.forbidden, "grant_not_held")
    /// The platform has disabled the account; its merchant can't undo that.
    package static let disabledByPlatform = Refusal(.forbidden, "disabled_by_platform")
    /// The cinemas that the caller reaches, or its merchant, have changed since it was last looked up; nothing was done.
    package static let scopeChanged = Refusal(.unavailable(retryAfter: 1), "scope_changed")
    /// The caller is limited to some cinemas, and tried to add another cinema or to give somebody more than its own.
    package static let limitedToCinemas = Refusal(.forbidden, "limited_to_cinemas")
    /// Nobody would be left who may do everything.
    package static let lastOwner = Refusal(.conflict, "last_owner")
    package static let permissionExists = Refusal(.conflict, "permission_exists")
    package static let groupExists = Refusal(.conflict, "group_exists")
    package static let permissionInUse = Refusal(.conflict, "permission_in_use")
    package static let groupInUse = Refusal(.conflict, "group_in_use")
    package static let groupBuiltIn = Refusal(.conflict, "group_built_in")
    package static let alreadyMember = Refusal(.conflict, "already_member")

    // A body names something that doesn't exist, or that belongs to another realm or merchant.

    package static let permissionUnknown = Refusal(.invalid(pointer: "/permission_ids"), "permission_unknown")
    package static let permissionGroupUnknown = Refusal(.invalid(pointer: "/permission_group_ids"), "permission_group_unknown")
    package static let userGroupUnknown = Refusal(.invalid(pointer: "/user_group_ids"), "user_group_unknown")
    package static let cinemaUnknown = Refusal(.invalid(pointer: "/cinema_ids"), "cinema_unknown")
    package static let accountUnknown = Refusal(.invalid(pointer: "/account_id"), "account_unknown")
    package static let merchantUnknown = Refusal(.invalid(pointer: "/merchant_id"), "merchant_unknown")
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
