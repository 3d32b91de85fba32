import Callers
import Database
import Foundation
import Logging
import Shared
import TestSupport
import Text

/// What one process has of booking: several of them on one database stand for several copies of a service.
struct BookingProcess: Sendable {
    let orders: Orders
    let lanes: Lanes<OrderOpeningWork>
    /// By which the gateway's notices are taken in.
    let arrivals: BatchedPaymentArrivals
    /// By which all other news about payments is.
    let alone: PaymentArrivals
    let noticeLanes: Lanes<NoticeBatchWork>
    let sweeper: OrderSweeper
    let counterSales: CounterSales
    let corrections: OrderCorrections
    let entries: TicketEntries
    let seal: TicketSeal
    let refunds: OrderRefunds
    let showtimeOrders: ShowtimeOrders
    let payments: Payments

    /// - Parameter lockPatience: of the lanes; a process that isn't told waits for as long as a slow machine needs.
    init(
        _ database: PostgresPool, limits: OrderConfiguration = OrderConfiguration(), lanes laneCount: Int = 2,
        lockPatience: Duration = Patience.limit
    ) throws {
        let plans = ShowtimePlans(pool: database)
        let connection = database.configuration.connection
        payments = Payments(gateways: [StubGateway(), CounterGateway(), FreeGateway()], outbox: Outbox())
        seal = try TicketSeal(privateKey: TicketFixtures.privateKey)
        // Cheap, since it is solved again and again.
        let challenges = HoldChallenges(seal: seal, cost: 2)
        lanes = Lanes(
            work: OrderOpeningWork(
                plans: plans, limits: limits, policy: .bits, challenges: challenges, lockPatience: lockPatience,
                encode: answeredByItsID),
            configuration: LaneConfiguration(count: laneCount, waitLimit: Patience.limit),
            logger: Logger(label: "lanes") { _ in SwiftLogNoOpLogHandler() },
            connect: { try await PostgresConnection.connect(to: connection, on: $0) }
        )
        orders = Orders(pool: database, plans: plans, lanes: lanes, payments: payments, limits: limits, challenges: challenges)
        refunds = OrderRefunds(payments: payments)
        alone = PaymentArrivals(pool: database, payments: payments)
        noticeLanes = Lanes(
            work: NoticeBatchWork(payments: payments, lockPatience: lockPatience),
            configuration: LaneConfiguration(count: 1, waitLimit: Patience.limit),
            logger: Logger(label: "lanes") { _ in SwiftLogNoOpLogHandler() },
            connect: { try await PostgresConnection.connect(to: connection, on: $0) }
        )
        arrivals = BatchedPaymentArrivals(lanes: noticeLanes, alone: alone)
        counterSales = CounterSales(payments: payments, arrivals: alone)
        corrections = OrderCorrections(plans: plans, refunds: refunds)
        // The world's showtimes are some hours away.
        entries = TicketEntries(seal: seal, window: EntryWindow(opensBefore: .seconds(86_400)))
        sweeper = OrderSweeper(pool: database)
        showtimeOrders = ShowtimeOrders(refunds: refunds)
    }

    /// Opens an order and gives its id; a refusal is given as an error.
    func open(
        _ seats: [Int64], of showtimeID: Int64, by buyer: Principal, channel: OrderChannel = .online, key: String? = nil,
        from address: String? = nil, solving challengeAnswer: ChallengeAnswer? = nil
    ) async throws -> UUID {
        let opened = try await orders.open(
            showtimeID: showtimeID,
            seatIDs: seats,
            by: buyer,
            channel: channel,
            idempotency: key.map {
                IdempotentRequest(accountID: buyer.accountID, operation: "POST /v1/orders", key: $0, sha256: Array(repeating: 1, count: 32))
            },
            address: address,
            challengeAnswer: challengeAnswer
        )
        guard let id = UUID(uuidString: String(decoding: opened.answer.body, as: UTF8.self)) else { throw NoOrderID() }
        return id
    }

    struct NoOrderID: Error {}

    /// Gives tickets of an order back.
    func refund(
        _ id: UUID, _ ticketIDs: [Int64]? = nil, by requester: RefundRequester = .buyer, _ accountID: Int64, in database: PostgresPool
    ) async throws -> OrderRefund {
        try await database.withTransaction {
            try await refunds.request(
                id, ticketIDs: ticketIDs, by: requester, actor: OrderActor(accountID, note: "why"), scope: .all, in: $0)
        }
    }
}

/// A gateway that nobody calls: these tests bring its words themselves.
struct StubGateway: PaymentGateway {
    let name = "alipay"
    let channel = PaymentChannel.online
    let sendsBills = true
    let methods = [PaymentMethod(rawValue: "alipay_page")]
    let acknowledgement: NoticeAcknowledgement? = nil

    func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction { .payURL("http://localhost/") }
    func notice(from posted: PostedNotice) throws -> PaymentFact { throw NotCalled() }

    func claimedTrade(in posted: PostedNotice) -> TradeNumber? { nil }
    func query(_ outTradeNo: TradeNumber) async throws -> TradeReport { throw NotCalled() }
    func close(_ outTradeNo: TradeNumber) async throws -> TradeClosing { throw NotCalled() }
    func refund(_ refund: RefundRequest) async throws -> RefundReport { throw NotCalled() }
    func queryRefund(_ refund: RefundRequest) async throws -> RefundReport { throw NotCalled() }
    func bill(of day: CalendarDay) async throws -> [BillLine]? { nil }

    struct NotCalled: Error {}
}
