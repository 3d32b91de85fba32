import Database
import Foundation
import NIOHTTP1
import Shared
import TestSupport
import Testing

@Suite("A service that is killed with a batch of notices in flight", .inTurn)
struct KilledNoticeTests {
    /// Where the batch stands when its process is killed.
    enum Moment: String, CaseIterable, Sendable {
        /// It has asked for the lock of its showtime and hasn't got it.
        case beforeTheWrites
        /// The server is carrying its writes out, and its process ends with ours.
        case inTheWrites
        /// The server is carrying its COMMIT out and hasn't answered.
        case inTheCommit
    }

    @Test("The database holds all of it or nothing, and told again at another process each order is paid once", arguments: Moment.allCases)
    func killed(at moment: Moment) async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            // One showtime's notice holds the lane until those of the other wait for it together: no more than the client asks at a time.
            let world = try await BookingWorld(in: pool, showtimes: 2, buyers: 7)
            let showtimeID = world.showtimeIDs[1]
            try await RunningService.with(2, of: "ClientService", try Platform.environment(databaseURL: database.url(of: .client))) {
                services in
                var notices: [Notice] = []
                for (index, principal) in world.buyers.enumerated() {
                    let buyer = try await RunningBuyer(principal, in: pool)
                    let order = try await buyer.order(world, showtime: min(index, 1), seat: index, at: services[1])
                    let payment = try await buyer.pay(order["id"].text, at: services[1])
                    notices.append(try Notice(of: payment, order))
                }
                let brake = NoticeBrake(.inTheWrites, showtimeID: world.showtimeIDs[0])
                try await brake.install(in: pool)
                let doorstop = try await brake.hold(in: pool.configuration.connection)
                let lock = try await Self.hold(moment, showtimeID, in: pool)
                var (before, inFlight): (Set<String>, Set<String>) = ([], [])
                try await withThrowingTaskGroup(of: Void.self) { tellers in
                    tellers.addTask { [first = notices[0]] in await first.tellOnAndOn(services[0]) }
                    _ = try await doorstop.blocked()
                    for notice in notices.dropFirst() { tellers.addTask { await notice.tellOnAndOn(services[0]) } }
                    // Asked after all of them.
                    _ = try await services[0].ask(.GET, "/readyz")
                    await doorstop.release()
                    let serverProcess = try await lock.blocked()
                    before = try await Self.paid(showtimeID, in: pool)
                    inFlight = try await Self.locked(showtimeID, in: pool)
                    await services[0].kill()
                    // Nobody is there any more who could answer.
                    tellers.cancelAll()
                    if moment == .inTheWrites { try await lock.endBlocked() }
                    await lock.letGo()
                    try await lock.waitForEnd(of: serverProcess)
                    await lock.release()
                    try await tellers.waitForAll()
                }
                #expect(moment == .beforeTheWrites ? inFlight.isEmpty && before.isEmpty : inFlight.count > 1)
                let paid = try await Self.paid(showtimeID, in: pool)
                #expect(paid == (moment == .inTheCommit ? before.union(inFlight) : before))
                let first = try await Self.paid(world.showtimeIDs[0], in: pool)
                try await Self.expectPaidOnce(paid.count + first.count, in: pool)

                for notice in notices {
                    let answer = try await notice.tell(services[1])
                    #expect(answer.status == 200 && answer.body == "success", "\(answer.body)")
                }
                #expect(try await Self.paid(showtimeID, in: pool) == Set(notices.dropFirst().map(\.orderID)))
                try await Self.expectPaidOnce(notices.count, in: pool)
                let again = try await pool.row(
                    "SELECT count(*) AS count FROM payment_notifications WHERE outcome = 'already_settled'"
                ) { try $0["count"] as Int }
                #expect(again == paid.count + first.count)
            }
        }
    }

    // MARK: -

    private static func hold(_ moment: Moment, _ showtimeID: Int64, in pool: PostgresPool) async throws -> HeldLock {
        let connection = pool.configuration.connection
        if moment == .beforeTheWrites { return try await HeldLock(showtimeID: showtimeID, in: connection) }
        // A notice that happens to come alone passes.
        let brake = NoticeBrake(moment == .inTheWrites ? .inTheWrites : .inTheCommit, showtimeID: showtimeID, least: 2)
        try await brake.install(in: pool)
        return try await brake.hold(in: connection)
    }

    private static func paid(_ showtimeID: Int64, in pool: PostgresPool) async throws -> Set<String> {
        let ids = try await pool.rows("SELECT id FROM orders WHERE showtime_id = \(showtimeID) AND state = 'paid'") { try $0["id"] as UUID }
        return Set(ids.map { $0.uuidString.lowercased() })
    }

    /// The orders that somebody's transaction has locked.
    private static func locked(_ showtimeID: Int64, in pool: PostgresPool) async throws -> Set<String> {
        let ids = try await pool.rows(
            """
            WITH free AS (SELECT id FROM orders WHERE showtime_id = \(showtimeID) FOR NO KEY UPDATE SKIP LOCKED)
            SELECT id FROM orders WHERE showtime_id = \(showtimeID) AND id NOT IN (SELECT id FROM free)
            """
        ) { try $0["id"] as UUID }
        return Set(ids.map { $0.uuidString.lowercased() })
    }

    /// So many orders are paid, each with one of everything, and the books hold the money that came.
    private static func expectPaidOnce(_ orders: Int, in pool: PostgresPool) async throws {
        let counts = ["orders", "payments", "events", "tickets", "entries", "notices"]
        let sums = ["came", "booked", "sold", "off"]
        let row = try await pool.row(
            """
            SELECT
                (SELECT count(*) FROM orders WHERE state = 'paid' AND version = 2) AS orders,
                (SELECT count(*) FROM payments WHERE state = 'succeeded') AS payments,
                (SELECT count(*) FROM order_events WHERE to_state = 'paid') AS events,
                (SELECT count(*) FROM tickets JOIN orders ON orders.id = order_id AND orders.state = 'paid') AS tickets,
                (SELECT count(*) FROM ledger_entries) AS entries,
                (SELECT count(DISTINCT out_trade_no) FROM payment_notifications WHERE outcome = 'paid') AS notices,
                (SELECT coalesce(sum(amount_fen), 0)::bigint FROM payments WHERE state = 'succeeded') AS came,
                (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_lines WHERE account LIKE 'gateway:%') AS booked,
                (SELECT coalesce(sum(price_fen + service_fee_fen), 0)::bigint FROM tickets) AS sold,
                (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_lines) AS off
            """
        ) { row in (try counts.map { try row[$0] as Int }, try sums.map { try row[$0] as Int64 }) }
        let money = Int64(orders) * (BookingWorld.priceFen + BookingWorld.serviceFeeFen)
        #expect(row?.0 == Array(repeating: orders, count: counts.count))
        #expect(row?.1 == [money, money, money, 0])
        let paidNotices = try await pool.row("SELECT count(*) AS count FROM payment_notifications WHERE outcome = 'paid'") {
            try $0["count"] as Int
        }
        #expect(paidNotices == orders)
    }
}

/// The gateway's word that an order was paid.
private struct Notice: Sendable {
    let orderID: String
    private let form: String

    init(of payment: Asked, _ order: Asked) throws {
        #expect(payment.status == 201, "\(payment.body)")
        orderID = order["id"].text
        let parameters = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
        let signature = try Platform.keys.get().alipay.sign(AlipayCanonicalText.ofNotification(parameters))
        form = AlipayForm.encode(parameters + [("sign_type", "RSA2"), ("sign", signature)])
    }

    func tell(_ service: RunningService) async throws -> Asked {
        try await service.ask(.POST, "/v1/payments/alipay/notifications", form: form)
    }

    /// Tells it again for as long as the service is too busy to listen, or until it is gone.
    func tellOnAndOn(_ service: RunningService) async {
        try? await until { (try? await tell(service))?.status != 503 }
    }
}
