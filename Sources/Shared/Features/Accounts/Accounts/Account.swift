package import struct Foundation.Date

/// Somebody who can sign in, without the password.
package struct Account: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let realm: Realm
    package let username: String
    /// In the form of E.164.
    package let phone: String?
    /// Since when a code that was sent to the number has proved it to be the account's; `nil` for never.
    package let phoneVerifiedAt: Date?
    package let email: String?
    /// The same of the address.
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

    /// Whether a phone number or mailbox is the account's own now, and has been proved to be. Only there codes go that open it: anybody can
    /// sign up with somebody else's, or mistype its own.
    func hasProved(_ destination: CodeDestination) -> Bool {
        switch destination {
        case .phone(let phone): self.phone == phone.description && phoneVerifiedAt != nil
        case .email(let email): self.email == email.description && emailVerifiedAt != nil
        }
    }

    /// Whose word keeps the account out once somebody has shut it out or let it in again. The platform's outlives a merchant's: it takes
    /// a merchant's over, and only the platform takes it back.
    ///
    /// - Parameters:
    ///   - wanted: whether it is to be shut out; `nil` leaves that as it is.
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
    /// Only the number and the realm: people's names, numbers and addresses don't belong in logs.
    package var description: String { "\(realm.rawValue) account \(id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "realm": realm]) }
}
