/// Which accounts an administrator looks for; `nil` for any.
package struct AccountFilter: Sendable {
    package let realm: Realm?
    /// What the username begins with.
    package let usernamePrefix: String?
    package let phone: PhoneNumber?
    package let email: EmailAddress?
    package let disabled: Bool?
    package let merchantID: Int64?

    package init(
        realm: Realm? = nil, usernamePrefix: String? = nil, phone: PhoneNumber? = nil, email: EmailAddress? = nil, disabled: Bool? = nil,
        merchantID: Int64? = nil
    ) {
        self.realm = realm
        // Names are kept in small letters.
        self.usernamePrefix = usernamePrefix?.lowercased()
        self.phone = phone
        self.email = email
        self.disabled = disabled
        self.merchantID = merchantID
    }
}
