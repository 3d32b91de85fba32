import Database
package import Text

/// The cinema's own counter: a clerk takes the money and says so. There is no remote gateway to ask or to wait for.
package struct CounterGateway: PaymentGateway {
    package static let name = "counter"

    /// Coins and notes.
    package static let cash = PaymentMethod(rawValue: "counter_cash")
    /// Any other means, with its reference: a card terminal's slip, a voucher, an invoice.
    package static let external = PaymentMethod(rawValue: "counter_external")

    package init() {}

    package var name: String { Self.name }
    package var channel: PaymentChannel { .counter }
    package var methods: [PaymentMethod] { [Self.cash, Self.external] }

    package var acknowledgement: NoticeAcknowledgement? { nil }

    package func start(_ trade: NewTrade, method: PaymentMethod) -> PaymentInstruction { .nothing }

    /// Nobody posts notices for a counter.
    package func notice(from posted: PostedNotice) throws -> PaymentFact { throw NoticeRefusal.signatureMissing }

    package func claimedTrade(in posted: PostedNotice) -> TradeNumber? { nil }

    package func query(_ outTradeNo: TradeNumber) -> TradeReport { .neverOpened }

    package func close(_ outTradeNo: TradeNumber) -> TradeClosing { .closed }

    /// The refund stays undecided until a clerk has handed out the money and says so.
    package func refund(_ refund: RefundRequest) -> RefundReport { .undecided }

    package func queryRefund(_ refund: RefundRequest) -> RefundReport { .undecided }

    /// People count the till, so there is no bill.
    package var sendsBills: Bool { false }

    package func bill(of day: CalendarDay) -> [BillLine]? { nil }
}
