import Database

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
    /// Whoever scanned it refused, or named another number than the device shows.
    case denied
    /// The device has had its session.
    case consumed
    /// Its time ran out. Never stored: the clock says it.
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
