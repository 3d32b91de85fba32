import Crypto
package import Database
import FoundationEssentials
import Metrics

/// Takes notices that gateways post: it proves each one, handles or refuses it, and records it either way.
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

    /// Takes a notice. When this returns, the notice has been handled and recorded.
    ///
    /// - Throws: ``NoticeRefusal`` for a notice that is not believed or not for us, after it is recorded. Any other error means that the
    ///   transaction failed or its outcome is unknown. Then the notice must not be acknowledged.
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

/// What was posted to a gateway's address, as it came.
package struct PostedNotice: Hashable, Sendable {
    /// The header Content-Type, whatever it says.
    package let contentType: String?
    /// The header Content-Encoding; `nil` for a body that isn't compressed.
    package let contentEncoding: String?
    /// All of it, or as much as is taken.
    package let body: [UInt8]
    /// Whether there was more.
    package let isCut: Bool

    package init(contentType: String?, contentEncoding: String? = nil, body: [UInt8], isCut: Bool = false) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.body = body
        self.isCut = isCut
    }
}

/// What a gateway wants to read as the answer to a notice of its, to the byte.
package struct NoticeAcknowledgement: Hashable, Sendable {
    /// We are done with the notice: don't repeat it.
    package let accepted: String
    /// Repeat it.
    package let refused: String

    package init(accepted: String, refused: String) {
        self.accepted = accepted
        self.refused = refused
    }
}

/// A notice that was refused, as it is recorded.
struct RefusedNotice: Hashable, Sendable {
    let gateway: String
    /// Our number of the trade, as the notice itself names it.
    let outTradeNo: TradeNumber?
    let outcome: NoticeRefusal.Code
    let isProven: Bool
    /// The name of the wrong parameter, where a parameter is the reason.
    let detail: String?
    /// At most 200 characters.
    let contentType: String?
    /// The same body is recorded once.
    let bodySHA256: [UInt8]
    /// The start of the body for a person to read, at most 2000 characters. Bytes that are not UTF-8 are marked.
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

    /// The text without NUL, which the database can't store.
    private static func storable(_ text: String, most: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(most).map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
