import Database
package import Text

/// Stands for the payment of an order that costs nothing: no money comes and none goes back, so nobody is asked about it.
package struct FreeGateway: PaymentGateway {
    package static let name = "free"

    /// Nobody can choose it: an order that costs nothing is paid by it at once.
    package static let none = PaymentMethod(rawValue: "none")

    package init() {}

    package var name: String { Self.name }
    package var channel: PaymentChannel { .online }
    package var methods: [PaymentMethod] { [] }

    package var acknowledgement: NoticeAcknowledgement? { nil }

    package func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction {
        throw GatewayFailure.refused(code: "free")
    }

    package func notice(from posted: PostedNotice) throws -> PaymentFact { throw NoticeRefusal.signatureMissing }

    package func claimedTrade(in posted: PostedNotice) -> TradeNumber? { nil }

    package func query(_ outTradeNo: TradeNumber) -> TradeReport { .neverOpened }

    package func close(_ outTradeNo: TradeNumber) -> TradeClosing { .closed }

    package func refund(_ refund: RefundRequest) -> RefundReport { .refunded }

    package func queryRefund(_ refund: RefundRequest) -> RefundReport { .refunded }

    package var sendsBills: Bool { false }

    package func bill(of day: CalendarDay) -> [BillLine]? { nil }
}
