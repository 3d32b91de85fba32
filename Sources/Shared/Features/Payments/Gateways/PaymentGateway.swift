package import Database

/// A house that takes money for us.
///
/// Its wire format stays behind this protocol. The calls that wait for an answer are never made inside a database transaction.
package protocol PaymentGateway: Sendable {
    /// The gateway's name in the database and in logs.
    var name: String { get }
    /// Who takes the money: what a client may choose is online.
    var channel: PaymentChannel { get }
    /// The ways of paying that it offers.
    var methods: [PaymentMethod] { get }
    /// What it wants to read as the answer to a notice. `nil`: it posts none.
    var acknowledgement: NoticeAcknowledgement? { get }

    /// What the client needs in order to pay. Nothing is sent: the gateway learns of the trade when the client does what it is told.
    ///
    /// - Throws: ``GatewayFailure/refused(code:)`` for a method that the gateway doesn't offer.
    func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction

    /// What a notice says, once it is proved to be from the gateway and for us.
    ///
    /// - Throws: ``NoticeRefusal``.
    func notice(from posted: PostedNotice) throws -> PaymentFact

    /// The trade that something refused is about, by what it says itself, which proves nothing; `nil` where that can't be told.
    func claimedTrade(in posted: PostedNotice) -> TradeNumber?

    /// How a trade stands.
    ///
    /// - Throws: ``GatewayFailure``.
    func query(_ outTradeNo: TradeNumber) async throws -> TradeReport

    /// Sees to it that an unpaid trade cannot be paid any more.
    ///
    /// - Throws: ``GatewayFailure``.
    func close(_ outTradeNo: TradeNumber) async throws -> TradeClosing

    /// Sends money back. Repeating it with the same request number does nothing more.
    ///
    /// - Throws: ``GatewayFailure``.
    func refund(_ refund: RefundRequest) async throws -> RefundReport

    /// How a refund stands.
    ///
    /// - Throws: ``GatewayFailure``.
    func queryRefund(_ refund: RefundRequest) async throws -> RefundReport

    /// Whether it sends bills at all.
    var sendsBills: Bool { get }

    /// Every movement of money of a day, as the gateway's books have it. `nil`: it sends no bills.
    ///
    /// - Parameter day: one of the gateway's own days.
    /// - Throws: ``GatewayFailure``, also while the bill isn't made yet.
    func bill(of day: CalendarDay) async throws -> [BillLine]?
}

/// A call to a gateway that brought no answer to go by.
package enum GatewayFailure: Error, Hashable, Sendable {
    /// No answer came: whether the gateway acted is not known. Ask again later.
    case unreachable(reason: String)
    /// The gateway says that it doesn't know itself. Ask again later.
    case outcomeUnknown(code: String)
    /// An answer came whose signature or form is wrong; it is as if none had come.
    case untrusted(reason: String)
    /// The gateway understood and refused.
    case refused(code: String)
    /// The gateway understood and can't yet, for a reason that passes: its account for us is empty, say. Ask again later.
    case notYet(code: String)
}
