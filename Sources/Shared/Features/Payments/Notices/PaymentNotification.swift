package import FoundationEssentials

/// A notice that was posted for a gateway, and its outcome.
package struct PaymentNotification: Hashable, Sendable {
    package let id: Int64
    package let receivedAt: Date
    /// The name of the gateway.
    package let gateway: String
    /// The gateway's id of the notice, which stays the same when the notice is repeated.
    package let notifyID: String?
    /// Our number of the trade, as the notice names it. There may be no such payment. `nil` where it couldn't be read.
    package let outTradeNo: String?
    /// The gateway's number of the trade.
    package let tradeNo: String?
    /// `nil` for a notice that was refused.
    package let tradeStatus: String?
    /// In fen.
    package let amountFen: Int64?
    /// The outcome, or the reason of a refusal.
    package let outcome: NotificationOutcome
    /// Whether the gateway's signature is good. Anybody can post a notice without it.
    package let isProven: Bool
    /// The name of the wrong parameter, where a parameter was the reason of the refusal.
    package let detail: String?
    /// For a refused notice: the header Content-Type, and the start of the body.
    package let contentType: String?
    package let bodyStart: String?
}

/// The outcome of a notice, or the reason of its refusal.
package struct NotificationOutcome: RawRepresentable, CaseIterable, Hashable, Sendable {
    package let rawValue: String

    package static let allCases: [NotificationOutcome] = {
        let settled = PaymentFactOutcome.allCases.map(\.rawValue)
        return (settled + NoticeRefusal.Code.allCases.map(\.rawValue).filter { !settled.contains($0) }).map(Self.init(word:))
    }()

    private init(word: String) {
        rawValue = word
    }

    package init?(rawValue: String) {
        guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
        self.rawValue = rawValue
    }
}

/// The bodies that a gateway expects as the answer to a notice, to the byte.
package struct NoticeAcknowledgement: Hashable, Sendable {
    /// The notice is handled; the gateway stops repeating it.
    package let accepted: String
    /// The notice is not handled; the gateway repeats it.
    package let refused: String

    package init(accepted: String, refused: String) {
        self.accepted = accepted
        self.refused = refused
    }
}

/// A notice as it was posted, before any check.
package struct PostedNotice: Hashable, Sendable {
    /// The header Content-Type, whatever it says.
    package let contentType: String?
    /// The header Content-Encoding; `nil` for a body that isn't compressed.
    package let contentEncoding: String?
    /// The whole body, or as much as is read of a body that is too long.
    package let body: [UInt8]
    /// Whether the body was longer than what is read.
    package let isCut: Bool

    package init(contentType: String?, contentEncoding: String? = nil, body: [UInt8], isCut: Bool = false) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.body = body
        self.isCut = isCut
    }
}
