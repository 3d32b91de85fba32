import Foundation
import HTTP
import Shared

/// Signing in by QR code in bodies and answers.
enum QRLoginShape {
    static let begun = Shape<NewQRLogin>(
        "NewQRLogin",
        .uuid("id", "Number of the sign-in, for polling.") { $0.id },
        .text("qr", "What the QR code says; it tells nothing else.", example: "qr_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd") { $0.qr.text },
        .text(
            "poll_secret", "By which the device polls. Never part of the picture; shown this once.",
            example: "poll_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"
        ) { $0.pollSecret.text },
        .int("match_number", "To be shown beside the picture: the phone's owner picks it among others.", example: "47") { $0.matchNumber },
        .timestamp("expires_at", "When it is over.") { $0.expiresAt }
    )

    static let progress = Shape<QRLoginProgress>(
        "QRLoginProgress",
        .enumeration("state", "How it stands.") { $0.state },
        .object("session", AccountShape.signedIn, "The device's own session, with the first answer of `approved`.", absentWhenNil: true) {
            $0.signedIn
        }
    )

    static let scanned = Shape<ScannedQRLogin>(
        "ScannedQRLogin",
        .uuid("id", "Number of the sign-in, for the decision.") { $0.login.id },
        .text("user_agent", "What the device calls itself.", example: "Mozilla/5.0") { $0.login.userAgent },
        .text("address", "The network address that it asked from.", example: "203.0.113.7") { $0.login.address },
        .object("place", IPLocationShape.location, "Where that address is, as far as it is known.") { $0.location },
        .timestamp("created_at", "When it asked.") { $0.login.createdAt },
        .timestamp("expires_at", "When it is over.") { $0.login.expiresAt },
        .ints("numbers", "One of these stands on the device.", example: "[12, 47, 83]") { $0.login.offeredNumbers }
    )

    static let scan = Body<String>(
        "QRLoginScan",
        .required("qr", .typed(1...64), "What the QR code says.", example: "qr_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd")
    ) { $0 }

    /// The number that was picked; `nil` when the device is denied.
    static let decision = Body<Int?>(
        "QRLoginDecision",
        Field<Bool>.required("approve", .bool, "Whether the device may sign in."),
        Field<Int?>.optional("number", .int(10...99), "The number on the device; needed to approve.", example: "47")
    ) { approve, number in
        guard approve else { return nil }
        guard let number else { throw FieldIssue("/number", "missing") }
        return number
    }

    struct Poll: Sendable {
        let secret: String
        let wait: Int
        let known: QRLoginState
    }

    static let poll = Body<Poll>(
        "QRLoginPoll",
        Field<String>.required("poll_secret", .text(1...64), "The device's secret.", example: "poll_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"),
        Field<Int>.defaulted("wait", .int(0...QRLogins.longestWait), "How many seconds to wait for news.", default: 0 as Int),
        Field<QRLoginState>.defaulted(
            "known", .enumeration(QRLoginState.self), "The state that the device knows.", default: QRLoginState.new)
    ) { Poll(secret: $0, wait: $1, known: $2) }
}
