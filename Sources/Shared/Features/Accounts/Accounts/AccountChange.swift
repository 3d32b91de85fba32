/// What an administrator changes about an account; `nil` leaves a thing as it is.
package struct AccountChange: Sendable {
    package let permission: Permission?
    package let disabled: Bool?

    /// - Throws: ``Refusal/permissionInvalid`` for a number that isn't a sum of the four bits.
    package init(permission: Int? = nil, disabled: Bool? = nil) throws {
        if let permission, !(0...Permission.everything.rawValue).contains(permission) { throw Refusal.permissionInvalid }
        self.permission = permission.map(Permission.init(rawValue:))
        self.disabled = disabled
    }
}
