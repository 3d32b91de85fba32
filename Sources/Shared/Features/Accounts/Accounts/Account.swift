package import Callers

package import struct Foundation.Date

/// Somebody who can sign in, without the password.
package struct Account: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let realm: Realm
    package let username: String
    /// In the form of E.164.
    package let phone: String?
    /// When a code that was sent to the number proved it to be the account's; `nil` when none did.
    package let phoneVerifiedAt: Date?
    package let email: String?
    /// When a code that was sent to the address proved it to be the account's; `nil` when none did.
    package let emailVerifiedAt: Date?
    package let permission: Permission
    /// The merchant that a cinema account acts for; `nil` in the other realms.
    package let merchantID: Int64?
    package let disabledAt: Date?
    /// The realm of whoever has disabled it; `nil` while it isn't.
    package let disabledBy: Realm?
    package let createdAt: Date
    /// Raised by every change; the resource's ETag.
    package let version: Int64

    package init(
        id: Int64, realm: Realm, username: String, phone: String?, phoneVerifiedAt: Date?, email: String?, emailVerifiedAt: Date?,
        permission: Permission, merchantID: Int64?, disabledAt: Date?, disabledBy: Realm?, createdAt: Date, version: Int64
    ) {
        self.id = id
        self.realm = realm
        self.username = username
        self.phone = phone
        self.phoneVerifiedAt = phoneVerifiedAt
        self.email = email
        self.emailVerifiedAt = emailVerifiedAt
        self.permission = permission
        self.merchantID = merchantID
        self.disabledAt = disabledAt
        self.disabledBy = disabledAt == nil ? nil : disabledBy ?? .admin
        self.createdAt = createdAt
        self.version = version
    }

    package var isDisabled: Bool { disabledAt != nil }

    /// Whether a phone number or mailbox is the account's now, and has been proved to be. Codes that open the account go only to such a
    /// one: anybody can sign up with somebody else's, or mistype its own.
    func hasProved(_ destination: CodeDestination) -> Bool {
        switch destination {
        case .phone(let phone): self.phone == phone.description && phoneVerifiedAt != nil
        case .email(let email): self.email == email.description && emailVerifiedAt != nil
        }
    }

    /// Whose people have disabled the account, once it is disabled or enabled. The platform's word outweighs a merchant's: it replaces a
    /// merchant's, and only the platform takes it back.
    ///
    /// - Parameters:
    ///   - wanted: whether it is to be disabled; `nil` leaves that as it is.
    ///   - realm: of whoever wants it.
    /// - Returns: `nil` when the account may sign in.
    /// - Throws: ``Refusal/disabledByPlatform``.
    func disabledBy(after wanted: Bool?, by realm: Realm) throws -> Realm? {
        switch (wanted, disabledBy) {
        case (nil, let present): return present
        case (true?, let present): return present == nil || realm == .admin ? realm : present
        case (false?, .admin) where realm != .admin: throw Refusal.disabledByPlatform
        case (false?, _): return nil
        }
    }
}

extension Account: CustomStringConvertible, CustomReflectable {
    /// Only the id and the realm: people's names, phone numbers and mailboxes don't belong in logs.
    package var description: String { "\(realm.rawValue) account \(id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "realm": realm]) }
}

extension Account {
    /// How the audit trail names it.
    var auditSubject: String { "account:\(id)" }

    /// Under what its wrong tries are counted.
    var countedLogin: String { "account:\(id)" }
}

extension AuditEntry {
    /// What a caller did to its own account.
    static func own(_ action: AuditAction, _ principal: Principal, address: String?) -> AuditEntry {
        AuditEntry(
            actorAccountID: principal.accountID, action: action, subject: "account:\(principal.accountID)", address: address
        )
    }
}

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
        // Names are kept in lower case.
        self.usernamePrefix = usernamePrefix?.lowercased()
        self.phone = phone
        self.email = email
        self.disabled = disabled
        self.merchantID = merchantID
    }
}
