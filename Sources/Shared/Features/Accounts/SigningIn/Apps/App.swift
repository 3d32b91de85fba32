package import Callers

package import struct Foundation.Date

/// An app that may sign people in who come from another one. Its secret is shown when it is made, and never again.
package struct App: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let name: String
    /// Whose people it signs in.
    package let realm: Realm
    package let isEnabled: Bool
    package let createdAt: Date
    /// Raised by every change; the resource's ETag.
    package let version: Int64
}

/// An app with its secret where that was just made.
package struct RegisteredApp: Sendable {
    package let app: App
    package let secret: OneTimeSecret?

    package init(app: App, secret: OneTimeSecret?) {
        self.app = app
        self.secret = secret
    }
}

/// What an administrator changes about an app.
package struct AppChange: Sendable {
    package let name: String?
    package let isEnabled: Bool?
    /// Whether it gets a new secret; the old one is worth nothing from then on.
    package let renewsSecret: Bool

    package init(name: String?, isEnabled: Bool?, renewsSecret: Bool) {
        self.name = name
        self.isEnabled = isEnabled
        self.renewsSecret = renewsSecret
    }
}

/// A ticket that has just been made.
package struct AppTicket: Sendable {
    package let secret: OneTimeSecret
    package let expiresAt: Date
}
