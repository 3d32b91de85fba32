import Database
package import Text

/// Stands for the money of made orders, which nobody ever had: it takes none, and what is to go back of it has gone back at once.
///
/// So orders that `AdminService generate-demo-data` has made can be refunded, cancelled and left to lapse like others, and no gateway is asked
/// about trades that it doesn't know. Nobody can choose to pay by it.
package struct DemoGateway: PaymentGateway {
    package static let name = "demo"

    /// How made orders were paid online.
    package static let page = PaymentMethod(rawValue: "demo_page")

    package init() {}

    package var name: String { Self.name }
    package var channel: PaymentChannel { .online }
    package var methods: [PaymentMethod] { [] }

    package var acknowledgement: NoticeAcknowledgement? { nil }

    package func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction {
        throw GatewayFailure.refused(code: "demo")
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
