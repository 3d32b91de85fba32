import Crypto
package import Database
import FoundationEssentials
import Metrics

/// What gateways post to us: proved, handled or refused, and recorded either way.
package struct PaymentNotices: Sendable {
    private let payments: Payments
    private let pool: PostgresPool
    private let factHandler: any PaymentFactHandler
    private let records = RefusedNoticeLimit()

    package init(payments: Payments, pool: PostgresPool, factHandler: any PaymentFactHandler) {
        self.payments = payments
        self.pool = pool
        self.factHandler = factHandler
    }

    /// Takes in a notice. What it says is done and recorded when this returns.
    ///
    /// - Throws: ``NoticeRefusal`` for one that is not believed or not for us, once it is recorded. Else the transaction failed, or its outcome is
    ///   not known: then the notice must not be acknowledged.
    package func take(_ posted: PostedNotice, from gateway: any PaymentGateway) async throws -> PaymentFactOutcome {
        do {
            return try await factHandler.handle(try gateway.notice(from: posted))
        } catch let refusal as NoticeRefusal {
            let dimensions = [("gateway", gateway.name), ("reason", refusal.code.rawValue)]
            Counter(label: "piao_payment_notices_refused_total", dimensions: dimensions).increment()
            // Anybody can post anything here, so only the first ones of a minute are written down; all of them are counted.
            if records.admits(refusal.code, of: gateway.name) { try await record(posted, refusal, from: gateway) }
            throw refusal
        }
    }

    private func record(_ posted: PostedNotice, _ refusal: NoticeRefusal, from gateway: any PaymentGateway) async throws {
        if let (fact, outcome) = refusal.misdirected {
            try await pool.withTransaction { try await payments.recordMisdirected(fact, outcome: outcome, in: $0) }
        } else {
            let record = RefusedNotice(posted, refusal, gateway: gateway.name, claiming: gateway.claimedTrade(in: posted))
            try await payments.recordRefused(record, in: pool)
        }
    }
}

/// A notice that was refused, as it is recorded.
struct RefusedNotice: Hashable, Sendable {
    let gateway: String
    /// By what it says itself.
    let outTradeNo: TradeNumber?
    let outcome: NoticeRefusal.Code
    let isProven: Bool
    /// The parameter that is wrong, where it is one.
    let detail: String?
    /// At most 200 characters.
    let contentType: String?
    /// The same body is recorded once.
    let bodySHA256: [UInt8]
    /// For a person to look at, at most 2000 characters; what is no UTF-8 is marked as such.
    let bodyStart: String

    init(_ posted: PostedNotice, _ refusal: NoticeRefusal, gateway: String, claiming outTradeNo: TradeNumber?) {
        self.gateway = gateway
        self.outTradeNo = outTradeNo
        outcome = refusal.code
        isProven = refusal.isProven
        detail = refusal.parameter
        contentType = posted.contentType.map { Self.storable($0, most: 200) }
        bodySHA256 = Array(SHA256.hash(data: Data(posted.body)))
        bodyStart = Self.storable(String(decoding: posted.body.prefix(2_000), as: UTF8.self), most: 2_000)
    }

    /// The database's texts hold no NUL.
    private static func storable(_ text: String, most: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(most).map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
