import FoundationEssentials

/// Reads a notification that is posted to our notify URL.
struct AlipayNotification {
    /// The parameters that we read. A signed text can be split into parameters in more than one way, so none of these names may stand
    /// inside of a value.
    private enum Name: String, CaseIterable {
        case appID = "app_id"
        case charset
        case certificateSN = "alipay_cert_sn"
        case paidAt = "gmt_payment"
        case refundedAt = "gmt_refund"
        case notifyID = "notify_id"
        case notifyType = "notify_type"
        case refundNumber = "out_biz_no"
        case outTradeNo = "out_trade_no"
        case refundFee = "refund_fee"
        case sellerID = "seller_id"
        case sign
        case signType = "sign_type"
        case totalAmount = "total_amount"
        case tradeNo = "trade_no"
        case tradeStatus = "trade_status"
    }

    /// A limit far above the number of parameters that a notification has. The gateway may add parameters at any time.
    private static let mostParameters = 200

    private let values: [[UInt8]: [UInt8]]
    private let configuration: AlipayConfiguration

    /// Proves that the notification is from the gateway. The order of the checks: form, kind of signature, signature over the bytes as they
    /// came.
    ///
    /// - Throws: ``NoticeRefusal``.
    init(_ posted: PostedNotice, configuration: AlipayConfiguration) throws {
        let form = try Self.form(posted)
        self.configuration = configuration
        values = try Dictionary(form.map { ($0.name, $0.value) }) { _, _ in throw NoticeRefusal.duplicateParameter }
        guard let signature = plainText(.sign) else { throw NoticeRefusal.signatureMissing }
        // We fix the kind of signature. A message that could choose it could choose a weak one.
        guard plainText(.signType) == "RSA2" else { throw NoticeRefusal.signatureKindUnknown }
        // Not every notification names the certificate. Without a name, only the signature by the known certificate's key counts.
        if let certificates = configuration.certificates, let sn = plainText(.certificateSN), sn != certificates.alipaySN {
            throw NoticeRefusal.certificateUnknown
        }
        guard configuration.verifier.accepts(signature, for: AlipayCanonicalText.ofNotification(form)) else {
            throw NoticeRefusal.signatureInvalid
        }
        guard !form.contains(where: Self.isAmbiguous) else { throw NoticeRefusal.ambiguousParameter }
    }

    /// Our number of the trade, as a notification names it that isn't proved.
    static func claimedTrade(in posted: PostedNotice) -> TradeNumber? {
        let value = AlipayForm.parameters(posted.body)?.first { $0.name.elementsEqual(Name.outTradeNo.rawValue.utf8) }?.value
        return value.flatMap { String(validating: $0, as: UTF8.self) }.flatMap(TradeNumber.init(rawValue:))
    }

    /// The fact that the notification reports.
    ///
    /// - Throws: ``NoticeRefusal/malformed(parameter:)``, ``NoticeRefusal/undecodable(parameter:)``; ``NoticeRefusal/applicationUnknown(_:)`` and
    ///   ``NoticeRefusal/sellerUnknown(_:)`` when the notification is meant for somebody else.
    func fact(gateway: String) throws -> PaymentFact {
        let fact = try content(gateway: gateway)
        guard try text(.appID) == configuration.appID else { throw NoticeRefusal.applicationUnknown(fact) }
        guard try text(.sellerID) == configuration.sellerID else { throw NoticeRefusal.sellerUnknown(fact) }
        return fact
    }

    private static func form(_ posted: PostedNotice) throws -> [AlipayParameter] {
        guard AlipayForm.isNamed(by: posted.contentType) else { throw NoticeRefusal.contentTypeUnknown }
        guard posted.contentEncoding == nil else { throw NoticeRefusal.bodyCompressed }
        guard !posted.isCut else { throw NoticeRefusal.bodyTooLarge }
        guard let form = AlipayForm.parameters(posted.body) else { throw NoticeRefusal.formInvalid }
        guard form.count <= mostParameters else { throw NoticeRefusal.tooManyParameters }
        return form
    }

    /// Whether the parameter's part of the signed text could be read as several parameters. Then somebody may have hidden other parameters
    /// in its value. A refund without its refund parameters, for example, would look like a payment.
    private static func isAmbiguous(_ parameter: AlipayParameter) -> Bool {
        if parameter.name.contains(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "&") }) { return true }
        // The gateway writes no `&` into the value of a parameter that we read.
        if isRead(parameter.name[...]), parameter.value.contains(UInt8(ascii: "&")) { return true }
        return parameter.value.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).dropFirst().contains { piece in
            piece.firstIndex(of: UInt8(ascii: "=")).map { isRead(piece[..<$0]) } ?? false
        }
    }

    private static func isRead(_ name: ArraySlice<UInt8>) -> Bool {
        Name(rawValue: String(decoding: name, as: UTF8.self)) != nil
    }

    private func content(gateway: String) throws -> PaymentFact {
        _ = try charset()
        if let kind = try text(.notifyType), kind != "trade_status_sync" { throw malformed(.notifyType) }
        return PaymentFact(
            gateway: gateway,
            origin: .notice(id: try optional(.notifyID) { Self.isWord($0, 1...200) ? $0 : nil }),
            outTradeNo: try required(.outTradeNo, TradeNumber.init(rawValue:)),
            tradeNo: try required(.tradeNo) { Self.isWord($0, 1...64) ? $0 : nil },
            status: try required(.tradeStatus, AlipayTradeStatus.init(rawValue:)).status,
            amountFen: try required(.totalAmount, AlipayAmount.fen),
            refund: try refund(),
            // The time of the payment is optional; only the fact that it was paid matters.
            paidAt: try text(.paidAt).flatMap(AlipayTimestamp.time)
        )
    }

    /// The notice of a refund comes to the payment's notify URL. That of a partial refund has the status of a paid trade, so only these
    /// parameters tell it from a payment.
    ///
    /// The number of a refund that a person made in the gateway's own console can have another form than ours.
    private func refund() throws -> PaymentFact.RefundNews? {
        let total = try optional(.refundFee, AlipayAmount.fen)
        let isNamed = bytes(.refundNumber) != nil || bytes(.refundedAt) != nil
        guard (total ?? 0) > 0 || isNamed else { return nil }
        let number = bytes(.refundNumber).flatMap { String(validating: $0, as: UTF8.self) }.flatMap(TradeNumber.init(rawValue:))
        return PaymentFact.RefundNews(totalFen: total, requestNumber: number)
    }

    /// Whether the database can store the text.
    private static func isWord(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// The character set of the values. The signed parameter names it; the header could be anybody's.
    private func charset() throws -> AlipayCharset {
        guard let name = plainText(.charset) else { return .utf8 }
        guard let charset = AlipayCharset(name: name) else { throw malformed(.charset) }
        return charset
    }

    /// The value of a parameter that is read before anything is proved. Its right values are ASCII, so other bytes can only make it wrong.
    private func plainText(_ name: Name) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    private func bytes(_ name: Name) -> [UInt8]? {
        values[Array(name.rawValue.utf8)].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func text(_ name: Name) throws -> String? {
        guard let bytes = bytes(name) else { return nil }
        // ASCII text is the same in every character set, even in one that we don't know.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        guard let text = try charset().text(bytes) else { throw NoticeRefusal.undecodable(parameter: name.rawValue) }
        return text
    }

    private func optional<Value>(_ name: Name, _ read: (String) -> Value?) throws -> Value? {
        guard let text = try text(name) else { return nil }
        guard let value = read(text) else { throw malformed(name) }
        return value
    }

    private func required<Value>(_ name: Name, _ read: (String) -> Value?) throws -> Value {
        guard let value = try optional(name, read) else { throw malformed(name) }
        return value
    }

    private func malformed(_ name: Name) -> NoticeRefusal { .malformed(parameter: name.rawValue) }
}
