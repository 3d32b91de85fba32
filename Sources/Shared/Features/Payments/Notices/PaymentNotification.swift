package import FoundationEssentials

/// What was posted to a gateway's address, and what we made of it.
package struct PaymentNotification: Hashable, Sendable {
    package let id: Int64
    package let receivedAt: Date
    /// The name of the gateway.
    package let gateway: String
    /// The gateway's id of the notice, which it keeps when it repeats itself.
    package let notifyID: String?
    /// Our number of the trade, as it was named; there may be no such payment. `nil` where it couldn't be read.
    package let outTradeNo: String?
    /// The gateway's number of the trade.
    package let tradeNo: String?
    /// `nil` for a notice that was refused.
    package let tradeStatus: String?
    /// In fen.
    package let amountFen: Int64?
    /// What came of it, or why it was refused.
    package let outcome: NotificationOutcome
    /// Whether the gateway's signature is good: anybody can post the others.
    package let isProven: Bool
    /// The parameter that is wrong, where it was refused for one.
    package let detail: String?
    /// Of a refused one: the header Content-Type, and how the body begins.
    package let contentType: String?
    package let bodyStart: String?
}

/// What came of a notice, or why it was refused.
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
