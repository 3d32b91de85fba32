/// A refund that a person makes in the gateway's own console: the body of `POST /sandbox/trades/{out_trade_no}/refund`.
struct ConsoleRefund: Hashable, Sendable {
    /// `amount_fen`; `nil` for all that is left.
    var amountFen: Int64?
}

extension ConsoleRefund: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case amountFen = "amount_fen"
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKnobs(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.amountFen) else { return }
        guard let amountFen = try? container.decode(Int64.self, forKey: .amountFen), (1...10_000_000_000).contains(amountFen) else {
            throw KnobInvalid(knob: CodingKeys.amountFen.rawValue)
        }
        self.amountFen = amountFen
    }
}
