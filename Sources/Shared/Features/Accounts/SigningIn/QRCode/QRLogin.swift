import Database
package import Foundation

/// A device that wants to be signed in, as the phone sees it that scanned its code.
package struct QRLogin: Hashable, Sendable, Identifiable {
    package let id: UUID
    package let state: QRLoginState
    /// What the device calls itself. It may lie; the number that it shows is what counts.
    package let userAgent: String?
    /// The network address that the device asked from.
    package let address: String?
    /// The numbers among which the phone's owner finds the one on the device.
    package let offeredNumbers: [Int]
    package let createdAt: Date
    package let expiresAt: Date
    let scannedByAccountID: Int64?
    let scannedBySessionID: Int64?
}

/// What a phone is shown of a device before it approves it.
package struct ScannedQRLogin: Sendable {
    package let login: QRLogin
    /// Where the device's IP address is; `nil` when that isn't known.
    package let location: IPLocation?
}

/// A sign-in by QR code that has just begun, as its device sees it.
package struct NewQRLogin: Sendable {
    package let id: UUID
    /// What the picture says.
    package let qr: OneTimeSecret
    /// The device's secret for asking how the sign-in stands; never part of the picture.
    package let pollSecret: OneTimeSecret
    /// What the device shows beside the picture.
    package let matchNumber: Int
    package let expiresAt: Date
}

/// How a sign-in by QR code stands, for its device.
package struct QRLoginProgress: Sendable {
    package let state: QRLoginState
    /// The device's own session, shown once.
    package let signedIn: SignedIn?

    init(_ state: QRLoginState, signedIn: SignedIn? = nil) {
        self.state = state
        self.signedIn = signedIn
    }
}

/// The number on the device among others: whoever approves a device must look at it.
struct MatchNumbers: Hashable, Sendable {
    let shown: Int
    let offered: [Int]

    /// - Parameter count: how many are offered.
    init(count: Int = 3, using generator: inout some RandomNumberGenerator) {
        let numbers = Array((10...99).shuffled(using: &generator).prefix(max(1, count)))
        shown = numbers[Int.random(in: numbers.indices, using: &generator)]
        offered = numbers
    }
}

/// How far a sign-in by QR code has come.
///
///     new ──scan──▶ scanned ──approve──▶ approved ──collect──▶ consumed
///                   scanned ──deny─────▶ denied
///     whatever isn't over ──its time──▶ expired
package enum QRLoginState: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    /// Nobody has scanned the code.
    case new
    /// Somebody looks at it.
    case scanned
    /// Whoever scanned it agreed; the device can have its session.
    case approved
    /// Whoever scanned it denied it, or named another number than the device shows.
    case denied
    /// The device has had its session.
    case consumed
    /// Its time ran out. This is never stored; it follows from the clock.
    case expired

    /// Whether nothing more can come of it.
    package var isOver: Bool { [.denied, .consumed, .expired].contains(self) }
}

/// What happens to a sign-in by QR code.
enum QRLoginEvent: CaseIterable, Hashable, Sendable {
    case scan
    case approve
    case deny
    case collect

    /// The only state in which it can happen; whoever stores it asks for this state in the same statement.
    var source: QRLoginState {
        switch self {
        case .scan: .new
        case .approve, .deny: .scanned
        case .collect: .approved
        }
    }

    /// The state that it leads to.
    var target: QRLoginState {
        switch self {
        case .scan: .scanned
        case .approve: .approved
        case .deny: .denied
        case .collect: .consumed
        }
    }
}
