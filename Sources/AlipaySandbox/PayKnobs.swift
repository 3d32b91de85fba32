import Foundation
import Shared

/// How a payment and its notice proceed, and what goes wrong: the body of `POST /sandbox/trades/{out_trade_no}/pay`.
struct PayKnobs: Hashable, Sendable {
    /// `delay_ms`: how long after the payment the notice is first sent, in milliseconds.
    var delay = 0
    /// `duplicates`: how many additional copies of the notice are sent at the same time.
    var duplicates = 0
    /// `lose_first`: how many of the first attempts are lost on the way (`true`: one). The repetitions arrive.
    var loseFirst = 0
    /// `lost`: every attempt is lost, although the money came.
    var lost = false
    /// `reorder`: an older notice, which says that the trade waits for its buyer, arrives after the notice of the payment.
    var reorder = false
    /// `late`: the payment works although the trade's time is over.
    var late = false
    /// `amount_fen`: the buyer pays this amount instead of the price. Notice and query report it, with right signatures.
    var amountFen: Int64?
    /// `tamper`: what is wrong with every copy of the notice (`true`: the signature).
    var tampering: Tampering?
    /// `content_type`: the Content-Type of the notice; empty for none.
    var contentType: String?
    /// `charset`: the character set of the notice.
    var charset: String?

    /// Whether a header can have this value.
    static func isContentType(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

extension PayKnobs: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case delay = "delay_ms"
        case duplicates
        case loseFirst = "lose_first"
        case lost
        case reorder
        case late
        case amountFen = "amount_fen"
        case tampering = "tamper"
        case contentType = "content_type"
        case charset
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKnobs(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number<Number: FixedWidthInteger & Decodable>(_ key: CodingKeys, _ range: ClosedRange<Number>) throws -> Number? {
            guard let number = try? container.decodeIfPresent(Number.self, forKey: key) else {
                if container.contains(key) { throw KnobInvalid(knob: key.rawValue) }
                return nil
            }
            guard range.contains(number) else { throw KnobInvalid(knob: key.rawValue) }
            return number
        }
        func flag(_ key: CodingKeys) throws -> Bool {
            guard container.contains(key) else { return false }
            guard let flag = try? container.decode(Bool.self, forKey: key) else { throw KnobInvalid(knob: key.rawValue) }
            return flag
        }
        delay = try number(.delay, 0...3_600_000) ?? 0
        duplicates = try number(.duplicates, 0...100) ?? 0
        loseFirst = try (try? flag(.loseFirst)).map { $0 ? 1 : 0 } ?? number(.loseFirst, 0...8) ?? 0
        lost = try flag(.lost)
        reorder = try flag(.reorder)
        late = try flag(.late)
        amountFen = try number(.amountFen, 1...10_000_000_000)
        func word(_ key: CodingKeys, _ isFit: (String) -> Bool) throws -> String? {
            guard container.contains(key) else { return nil }
            guard let word = try? container.decode(String.self, forKey: key), isFit(word) else { throw KnobInvalid(knob: key.rawValue) }
            return word
        }
        contentType = try word(.contentType) { $0.isEmpty || Self.isContentType($0) }
        charset = try word(.charset) { AlipayCharset(name: $0) != nil }
        if let isTampered = try? flag(.tampering) {
            tampering = isTampered ? .signature : nil
        } else {
            guard let word = try? container.decode(Tampering.self, forKey: .tampering) else { throw KnobInvalid(knob: "tamper") }
            tampering = word
        }
    }
}
