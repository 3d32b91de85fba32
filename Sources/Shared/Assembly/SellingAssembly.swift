import API
import AsyncHTTPClient
import Callers
import Database
package import HTTP
package import ServiceLifecycle
package import Shared

/// The parts of selling, in every binary: orders, payments, the lanes, and the jobs behind them.
package struct SellingAssembly: Sendable {
    package let plans: ShowtimePlans
    /// Tells other processes for which showtimes this one has changed seats.
    package let seatRelay: SeatRelay
    package let orders: Orders
    package let refunds: OrderRefunds
    package let corrections: OrderCorrections
    package let counterSales: CounterSales
    /// Decisions of administrators about money that doesn't fit our data.
    package let paymentSupport: PaymentSupport
    /// Makes and checks the codes of tickets.
    package let seal: TicketSeal
    package let entries: TicketEntries
    package let showtimeOrders: ShowtimeOrders
    package let ledger: Ledger
    package let reconciliations: Reconciliations
    /// The gateways that take money from buyers for us.
    package let gateways: [any PaymentGateway]
    /// The origins of pages to which buyers may be sent back from a gateway, each as `https://www.example.com`.
    package let returnOrigins: Set<String>
    package let notices: PaymentNotices
    /// Ends the orders of a showtime that is cancelled.
    package let cancelOrders: ShowtimeCancellation
    /// Services that run beside the server.
    package let services: [any Service]

    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    package init(_ assembly: ServiceAssembly) throws(SettingFault) {
        let settings = assembly.settings
        var limits = try OrderConfiguration(settings)
        let squatting = try SquattingConfiguration(settings, sendsMessages: assembly.messages != nil)
        if assembly.rateLimits.isOn { limits.squatting = squatting }
        let seal = try TicketSeal(settings)
        let challenges = try HoldChallenges(settings, seal: seal)
        returnOrigins = Set(try settings[SellingSettings.returnOrigins].map(\.text))
        let sweepInterval = try settings[SellingSettings.sweepSeconds]
        let connections = GatewayConnections()
        let pool = assembly.pool
        let logger = assembly.logger
        gateways = [AlipayGateway(configuration: try AlipayConfiguration(settings), http: connections.http)]
        let payments = Payments(gateways: gateways + [CounterGateway(), FreeGateway(), DemoGateway()], outbox: Outbox())
        let reconciliations = Reconciliations(gateways: gateways, outbox: Outbox())
        let ledger = Ledger()
        let arrivals = PaymentArrivals(pool: pool, payments: payments, ledger: ledger)
        let plans = ShowtimePlans(pool: pool)
        var laneConnection = pool.configuration.connection
        laneConnection.keepsPlans = true
        let connect: @Sendable (PinnedThread) async throws -> PostgresConnection = { [laneConnection] in
            try await PostgresConnection.connect(to: laneConnection, on: $0)
        }
        let lanes = Lanes(
            work: OrderOpeningWork(
                plans: plans, limits: limits, policy: assembly.accounts.configuration.permissionPolicy, challenges: challenges,
                encode: OrderShape.recorded),
            configuration: try LaneConfiguration(settings),
            logger: logger,
            connect: connect
        )
        let noticeLanes = Lanes(
            work: NoticeBatchWork(payments: payments, ledger: ledger),
            configuration: .notices,
            logger: logger,
            connect: connect
        )
        let sweeper = OrderSweeper(pool: pool)
        let refunds = OrderRefunds(payments: payments, ledger: ledger)
        let showtimeOrders = ShowtimeOrders(refunds: refunds)
        self.seal = seal
        entries = TicketEntries(seal: seal, window: try EntryWindow(settings))
        corrections = OrderCorrections(plans: plans, refunds: refunds)
        counterSales = CounterSales(payments: payments, arrivals: arrivals)
        paymentSupport = PaymentSupport(payments: payments, ledger: ledger)
        let seatRelay = SeatRelay(configuration: pool.configuration.connection, logger: logger)
        self.plans = plans
        self.seatRelay = seatRelay
        self.refunds = refunds
        self.showtimeOrders = showtimeOrders
        self.ledger = ledger
        notices = PaymentNotices(
            payments: payments, pool: pool, factHandler: BatchedPaymentArrivals(lanes: noticeLanes, alone: arrivals))
        self.reconciliations = reconciliations
        orders = Orders(pool: pool, plans: plans, lanes: lanes, payments: payments, limits: limits, challenges: challenges)
        cancelOrders = { showtimeID, accountID, transaction in
            try await showtimeOrders.cancelAll(showtimeID: showtimeID, by: accountID, in: transaction)
        }
        let reconciling = Reconciling(reconciliations: reconciliations, rules: try ReconciliationConfiguration(settings), pool: pool)
        // The database roles of the other services can neither reach reconciliations nor delete old rows.
        let keepsBooks = assembly.realm == .admin
        let unusedPictures = Duration.seconds(3_600 * (try settings[PictureSettings.unusedHours]))
        services =
            [
                connections,
                seatRelay,
                OutboxWorker(
                    pool: pool,
                    handlers: [
                        PaymentClosing(payments: payments, pool: pool, factHandler: arrivals),
                        PaymentQuerying(payments: payments, pool: pool, factHandler: arrivals),
                        PaymentWatch(payments: payments, pool: pool, factHandler: arrivals),
                        PaymentRefunding(payments: payments, pool: pool, factHandler: arrivals),
                    ] + (keepsBooks ? [reconciling] : []) + (assembly.messages.map { [$0.delivery] } ?? []),
                    logger: logger
                ),
                LeasedJob(name: "sweep-orders", interval: .seconds(sweepInterval), pool: pool, logger: logger) {
                    try await sweeper.sweep()
                },
                lanes,
                noticeLanes,
            ] + (keepsBooks ? Self.bookkeeping(assembly, reconciliations, sweeper, payments, unusedPictures) : [])
    }

    /// The jobs that only AdminService does.
    private static func bookkeeping(
        _ assembly: ServiceAssembly, _ reconciliations: Reconciliations, _ sweeper: OrderSweeper, _ payments: Payments,
        _ unusedPictures: Duration
    ) -> [any Service] {
        let (pool, logger) = (assembly.pool, assembly.logger)
        return [
            LeasedJob(name: "reconcile", interval: .seconds(300), pool: pool, logger: logger) {
                try await reconciliations.requestDue(in: pool)
            },
            ReconciliationMeter(pool: pool),
            LeasedJob(name: "delete-old-rows", interval: .seconds(600), pool: pool, logger: logger) {
                // It deletes in slices, so that it keeps up with bookings and locks few rows at a time. The rest waits for the next run.
                for _ in 0..<100 where try await Idempotency().deleteOld(limit: 10_000, in: pool) < 10_000 { break }
                for _ in 0..<100 where try await Outbox().deleteDelivered(olderThan: .seconds(7 * 86_400), in: pool) < 5_000 { break }
                for _ in 0..<20 where try await assembly.gallery.deleteUnused(for: unusedPictures, limit: 100, in: pool) < 100 { break }
                try await sweeper.deleteOldRecords()
                try await payments.deleteOldRefusedNotices(olderThan: .seconds(30 * 86_400), limit: 10_000, in: pool)
                try await assembly.accounts.deleteOldRows()
            },
        ]
    }
}

/// Closes the connections to the gateway when the service ends, or when it never began.
private final class GatewayConnections: Service {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AlipayGateway.httpConfiguration)

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    deinit {
        // The HTTP client must be shut down. A second time does nothing.
        http.shutdown { _ in }
    }
}
