import Database
import Foundation
import Shared
import Synchronization
import TestSupport
import Text

/// A database with an order to pay, a gateway that answers as it is told, and a place where facts arrive.
struct PaymentFixture: Sendable {
    static let method = PaymentMethod(rawValue: "test_page")

    let pool: PostgresPool
    let payments: Payments
    let gateway: ScriptedGateway
    let factLog: FactLog
    let orderID: UUID

    static func run(_ body: (PaymentFixture) async throws -> Void) async throws {
        try await withTestDatabase { pool in
            let gateway = ScriptedGateway()
            let payments = Payments(gateways: [gateway], outbox: Outbox())
            let fixture = PaymentFixture(
                pool: pool, payments: payments, gateway: gateway, factLog: FactLog(payments: payments, pool: pool),
                orderID: try await order(in: pool)
            )
            try await body(fixture)
        }
    }

    /// Starts a payment of 88.00 yuan.
    func start(expiresIn seconds: Double = 900) async throws -> Payment {
        try await pool.withTransaction { transaction in
            try await payments.start(
                orderID: orderID, amountFen: 8_800, method: Self.method, subject: "x", expiresAt: Date() + seconds, in: transaction
            )
        }.payment
    }

    /// Moves the end of a payment's time.
    func expire(_ payment: Payment, secondsAgo: Double) async throws {
        try await pool.execute(
            """
            UPDATE payments
            SET expires_at = clock_timestamp() - make_interval(secs => \(secondsAgo))
            WHERE id = \(payment.id)
            """
        )
    }

    func payment(_ payment: Payment) async throws -> Payment? {
        try await payments.payment(id: payment.id, in: pool)
    }

    /// The oldest message of a kind in the outbox.
    func message(_ kind: String, attempts: Int = 1) async throws -> OutboxMessage? {
        try await pool.row(
            """
            SELECT id, payload::text AS payload
            FROM outbox
            WHERE kind = \(kind)
            ORDER BY id
            """
        ) { row in
            let payload: String = try row["payload"]
            return OutboxMessage(id: try row["id"], kind: kind, payload: Array(payload.utf8), attempts: attempts)
        }
    }

    func fact(
        _ payment: Payment, _ status: TradeStatus = .succeeded, tradeNo: String = "G1", amountFen: Int64 = 8_800,
        origin: PaymentFact.Origin = .notice(id: "N1"), refund: PaymentFact.RefundNews? = nil
    ) -> PaymentFact {
        PaymentFact(
            gateway: "test", origin: origin, outTradeNo: payment.outTradeNo, tradeNo: tradeNo, status: status, amountFen: amountFen,
            refund: refund
        )
    }

    /// An order, and nothing that it belongs to: the references are other features' and not looked at here.
    static func order(in pool: PostgresPool) async throws -> UUID {
        let id = UUID()
        try await pool.withTransaction { transaction in
            try await transaction.execute("SET LOCAL session_replication_role = replica")
            try await transaction.execute(
                """
                INSERT INTO orders (
                    id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen, payable_fen,
                    created_at, expires_at
                )
                VALUES (
                    \(id), 1, 1, 'pending_payment', ARRAY[1]::bigint[], ARRAY[8800]::bigint[], 8800, 0, 0, 8800,
                    clock_timestamp(), clock_timestamp() + interval '15 minutes'
                )
                """
            )
        }
        return id
    }
}

/// A gateway without a network.
final class ScriptedGateway: PaymentGateway {
    struct Script: Sendable {
        var query: Result<TradeReport, GatewayFailure> = .success(.neverOpened)
        var close: Result<TradeClosing, GatewayFailure> = .success(.closed)
        var refund: Result<RefundReport, GatewayFailure> = .success(.refunded)
        var queryRefund: Result<RefundReport, GatewayFailure> = .success(.undecided)
        var refunds: [RefundRequest] = []
        var queries: [TradeNumber] = []
        var bill: Result<[BillLine]?, GatewayFailure> = .success(nil)
        var bills = 0
    }

    let name = "test"
    let channel = PaymentChannel.online
    let sendsBills = true
    let methods = [PaymentFixture.method]
    let acknowledgement: NoticeAcknowledgement? = nil
    private let script = Mutex(Script())

    func script(_ change: (inout Script) -> Void) {
        script.withLock { change(&$0) }
    }

    var refunds: [RefundRequest] { script.withLock { $0.refunds } }

    /// The trades that were asked about.
    var queries: [TradeNumber] { script.withLock { $0.queries } }

    /// How many bills were asked for.
    var bills: Int { script.withLock { $0.bills } }

    func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction {
        .payURL("\(trade.outTradeNo) \(trade.amountFen) \(Int(trade.expiresAt.timeIntervalSince1970))")
    }

    func notice(from posted: PostedNotice) throws -> PaymentFact { throw NoticeRefusal.signatureMissing }

    func claimedTrade(in posted: PostedNotice) -> TradeNumber? { nil }

    func query(_ outTradeNo: TradeNumber) async throws -> TradeReport {
        try script.withLock { script in
            script.queries.append(outTradeNo)
            return script.query
        }.get()
    }

    func close(_ outTradeNo: TradeNumber) async throws -> TradeClosing { try script.withLock { $0.close }.get() }

    func refund(_ refund: RefundRequest) async throws -> RefundReport {
        try script.withLock { script in
            script.refunds.append(refund)
            return script.refund
        }.get()
    }

    func queryRefund(_ refund: RefundRequest) async throws -> RefundReport { try script.withLock { $0.queryRefund }.get() }

    func bill(of day: CalendarDay) async throws -> [BillLine]? {
        try script.withLock { script in
            script.bills += 1
            return script.bill
        }.get()
    }
}

/// Keeps what is settled.
final class FactLog: PaymentFactHandler {
    private let payments: Payments
    private let pool: PostgresPool
    private let log = Mutex<[PaymentFact]>([])
    private let outcome = Mutex(PaymentFactOutcome.paid)
    private let failures = Mutex(0)

    init(payments: Payments, pool: PostgresPool) {
        self.payments = payments
        self.pool = pool
    }

    var facts: [PaymentFact] { log.withLock { $0 } }

    /// What comes of facts from now on.
    func answer(_ new: PaymentFactOutcome) {
        outcome.withLock { $0 = new }
    }

    /// So many facts can't be handled at first.
    func fail(_ times: Int) {
        failures.withLock { $0 = times }
    }

    func handle(_ fact: PaymentFact) async throws -> PaymentFactOutcome {
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw HandlingFailed() }
        log.withLock { $0.append(fact) }
        return outcome.withLock { $0 }
    }

    func handle(refunded refund: Refund) async throws {
        try await pool.withTransaction { transaction in
            _ = try await payments.markRefunded(refund, in: transaction)
        }
    }
}

/// What is thrown where a fact shall not be handled.
struct HandlingFailed: Error {}
