import Database
package import Text

/// A company that takes money from buyers for us.
///
/// Its wire format stays behind this protocol. The calls that wait for an answer are never made inside a database transaction.
package protocol PaymentGateway: Sendable {
    /// The gateway's name in the database and in logs.
    var name: String { get }
    /// Who takes the money. A client may choose only methods whose channel is online.
    var channel: PaymentChannel { get }
    /// The ways of paying that it offers.
    var methods: [PaymentMethod] { get }
    /// The answer to a notice that the gateway expects; `nil` when it posts no notices.
    var acknowledgement: NoticeAcknowledgement? { get }

    /// The instruction that the client needs in order to pay. Nothing is sent to the gateway, which learns of the trade when the client
    /// follows the instruction.
    ///
    /// - Throws: ``GatewayFailure/refused(code:)`` for a method that the gateway doesn't offer.
    func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction

    /// The fact that a notice reports, once the notice is proved to be from the gateway and for us.
    ///
    /// - Throws: ``NoticeRefusal``.
    func notice(from posted: PostedNotice) throws -> PaymentFact

    /// The trade that a refused notice names. This proves nothing. `nil` where the trade can't be read.
    func claimedTrade(in posted: PostedNotice) -> TradeNumber?

    /// Asks for the state of a trade.
    ///
    /// - Throws: ``GatewayFailure``.
    func query(_ outTradeNo: TradeNumber) async throws -> TradeReport

    /// Closes an unpaid trade, so that nobody can pay it any more.
    ///
    /// - Throws: ``GatewayFailure``.
    func close(_ outTradeNo: TradeNumber) async throws -> TradeClosing

    /// Sends money back. Repeating it with the same request number does nothing more.
    ///
    /// - Throws: ``GatewayFailure``.
    func refund(_ refund: RefundRequest) async throws -> RefundReport

    /// Asks for the state of a refund.
    ///
    /// - Throws: ``GatewayFailure``.
    func queryRefund(_ refund: RefundRequest) async throws -> RefundReport

    /// Whether the gateway sends bills.
    var sendsBills: Bool { get }

    /// Every movement of money of a day, as the gateway recorded it; `nil` when it sends no bills.
    ///
    /// - Parameter day: one of the gateway's own days.
    /// - Throws: ``GatewayFailure``, also while the bill doesn't exist yet.
    func bill(of day: CalendarDay) async throws -> [BillLine]?
}

/// A call to a gateway failed to bring a usable answer.
package enum GatewayFailure: Error, Hashable, Sendable {
    /// No answer came, so it is unknown whether the gateway acted. Ask again later.
    case unreachable(reason: String)
    /// The gateway says that it doesn't know itself. Ask again later.
    case outcomeUnknown(code: String)
    /// An answer came whose signature or form is wrong. It counts as no answer.
    case untrusted(reason: String)
    /// The gateway understood and refused.
    case refused(code: String)
    /// The gateway understood and can't do it yet, for a reason that passes: our account there is empty, for example. Ask again later.
    case notYet(code: String)
}
