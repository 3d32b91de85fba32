import Database

package import struct Foundation.Date

/// How a session began.
package enum SignInMethod: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    case password
    case code
    case signUp = "sign_up"
    /// An account of another house.
    case provider = "third_party"
    /// A device whose QR code was approved in another session.
    case qrCode = "qr_code"
    /// A ticket that another application gave.
    case appTicket = "app_ticket"
    /// Sessions that began before their method was written down.
    case other
}

/// A session as its owner and administrators see it.
package struct SessionRecord: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let method: SignInMethod
    package let address: String?
    package let userAgent: String?
    package let createdAt: Date
    /// To ten minutes or so.
    package let lastSeenAt: Date
    /// When it ends unless it is used before.
    package let idleExpiresAt: Date
    package let expiresAt: Date
}
