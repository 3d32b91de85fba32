import Foundation

/// The errors to put into a day's bill: the body of `POST /sandbox/bills/{day}/differences`. The trades themselves stay as they are.
///
/// A payment's line is named by the trade's number, a refund's by the refund's.
struct BillDifferences: Hashable, Sendable {
    /// A line that belongs to no trade.
    struct Extra: Hashable, Sendable {
        var outTradeNo: String
        var tradeNo: String
        /// In fen, more than 0.
        var amountFen: Int64
        /// The number of the refund; `nil` for a payment.
        var requestNumber: String?
    }

    /// `omit`: lines that are left out.
    var omit: Set<String> = []
    /// `amounts`: lines with another amount, in fen.
    var amounts: [String: Int64] = [:]
    /// `extra`: lines that are added.
    var extra: [Extra] = []
    /// `missing`: the day has no bill yet.
    var missing = false
}

extension BillDifferences: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case omit, amounts, extra, missing
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKnobs(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, _ fallback: Value) throws -> Value {
            guard container.contains(key) else { return fallback }
            guard let value = try? container.decode(Value.self, forKey: key) else { throw KnobInvalid(knob: key.rawValue) }
            return value
        }
        omit = try value(.omit, [])
        amounts = try value(.amounts, [:])
        extra = try value(.extra, [])
        missing = try value(.missing, false)
        guard amounts.values.allSatisfy({ $0 > 0 }) else { throw KnobInvalid(knob: "amounts") }
        guard extra.allSatisfy({ $0.amountFen > 0 }) else { throw KnobInvalid(knob: "extra") }
    }
}

extension BillDifferences.Extra: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case outTradeNo = "out_trade_no"
        case tradeNo = "trade_no"
        case amountFen = "amount_fen"
        case requestNumber = "request_number"
    }
}
