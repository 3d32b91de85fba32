import FoundationEssentials

/// Reads what is posted to our notify address.
struct AlipayNotification {
    /// More than any notification has; the gateway may add parameters at any time.
    private static let mostParameters = 200

    private let values: [String: String]
    private let configuration: AlipayConfiguration

    /// Proves that the parameters are the gateway's, in this order: form, kind of signature, signature.
    ///
    /// - Throws: ``NoticeRefusal``.
    init(_ form: [(name: String, value: String)], configuration: AlipayConfiguration) throws {
        guard form.count <= Self.mostParameters else { throw NoticeRefusal.tooManyParameters }
        self.configuration = configuration
        values = try Dictionary(form.map { ($0.name, $0.value) }) { _, _ in throw NoticeRefusal.duplicateParameter }
        guard let signature = values["sign"], !signature.isEmpty else { throw NoticeRefusal.signatureMissing }
        // The kind is ours to say. A message that chose it could choose the weak one.
        guard values["sign_type"] == "RSA2" else { throw NoticeRefusal.signatureKindUnknown }
        // Which certificate it was is not always said: then the known one's key decides alone.
        if let certificates = configuration.certificates, let sn = text("alipay_cert_sn"), sn != certificates.alipaySN {
            throw NoticeRefusal.certificateUnknown
        }
        guard configuration.verifier.accepts(signature, for: AlipayCanonicalText.ofNotification(form)) else {
            throw NoticeRefusal.signatureInvalid
        }
    }

    /// What the notification says to us.
    ///
    /// - Throws: ``NoticeRefusal/malformed(parameter:)``; ``NoticeRefusal/applicationUnknown(_:)`` and ``NoticeRefusal/sellerUnknown(_:)`` when it
    ///   is said to somebody else.
    func fact(gateway: String) throws -> PaymentFact {
        let fact = try content(gateway: gateway)
        guard values["app_id"] == configuration.appID else { throw NoticeRefusal.applicationUnknown(fact) }
        guard values["seller_id"] == configuration.sellerID else { throw NoticeRefusal.sellerUnknown(fact) }
        return fact
    }

    private func content(gateway: String) throws -> PaymentFact {
        if let charset = text("charset"), charset.lowercased() != "utf-8" { throw NoticeRefusal.malformed(parameter: "charset") }
        if let kind = text("notify_type"), kind != "trade_status_sync" { throw NoticeRefusal.malformed(parameter: "notify_type") }
        return PaymentFact(
            gateway: gateway,
            origin: .notice(id: text("notify_id")),
            outTradeNo: try required("out_trade_no", TradeNumber.init(rawValue:)),
            tradeNo: try required("trade_no") { (1...64).contains($0.utf8.count) ? $0 : nil },
            status: try required("trade_status", AlipayTradeStatus.init(rawValue:)).status,
            amountFen: try required("total_amount", AlipayAmount.fen),
            refund: try refund(),
            paidAt: try optional("gmt_payment", AlipayTimestamp.time)
        )
    }

    /// Refunds are told at the payment's address, a partial one under the status of a paid trade: only these parameters make the difference.
    private func refund() throws -> PaymentFact.RefundNews? {
        let total = try optional("refund_fee", AlipayAmount.fen)
        let number = try optional("out_biz_no", TradeNumber.init(rawValue:))
        guard (total ?? 0) > 0 || text("gmt_refund") != nil || number != nil else { return nil }
        return PaymentFact.RefundNews(totalFen: total, requestNumber: number)
    }

    private func text(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func optional<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = read(text) else { throw NoticeRefusal.malformed(parameter: name) }
        return value
    }

    private func required<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value {
        guard let value = try optional(name, read) else { throw NoticeRefusal.malformed(parameter: name) }
        return value
    }
}
