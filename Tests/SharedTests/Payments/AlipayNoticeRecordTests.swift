import AsyncHTTPClient
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("What notices leave in the database")
struct AlipayNoticeRecordTests {
    private struct World: Sendable {
        let pool: PostgresPool
        let payment: Payment
        let gateway: AlipayGateway
        let settlement: SettlementLog
        let notices: PaymentNotices

        /// All that a notice could change.
        func tables() async throws -> [String] {
            try await pool.rows(
                """
                SELECT 'payment ' || to_jsonb(payments)::text AS row FROM payments
                UNION ALL SELECT 'order ' || to_jsonb(orders)::text FROM orders
                UNION ALL SELECT 'notification ' || to_jsonb(payment_notifications)::text FROM payment_notifications
                UNION ALL SELECT 'outbox ' || to_jsonb(outbox)::text FROM outbox
                UNION ALL SELECT 'refund ' || to_jsonb(refunds)::text FROM refunds
                ORDER BY row
                """
            ) { try $0["row"] }
        }

        func outcomes() async throws -> [String] {
            try await pool.rows("SELECT outcome FROM payment_notifications ORDER BY id") { try $0["outcome"] }
        }
    }

    /// - Parameter body: is given a payment of 88.00 yuan that was started with Alipay.
    private func run(_ body: @Sendable (World) async throws -> Void) async throws {
        let gateway = AlipayGateway(configuration: try AlipayFixture.shared.get().configuration, http: .shared)
        try await withTestDatabase { pool in
            let payments = Payments(gateways: [gateway], outbox: Outbox())
            let orderID = try await PaymentFixture.order(in: pool)
            let payment = try await pool.withTransaction { transaction in
                try await payments.start(
                    orderID: orderID, amountFen: 8_800, method: AlipayMethod.page.method, subject: "x", expiresAt: Date() + 900,
                    in: transaction
                )
            }.payment
            let settlement = SettlementLog(payments: payments, pool: pool)
            let notices = PaymentNotices(payments: payments, pool: pool, settlement: settlement)
            try await body(World(pool: pool, payment: payment, gateway: gateway, settlement: settlement, notices: notices))
        }
    }

    @Test("Every mutation of a good notification is refused and leaves no trace")
    func mutations() async throws {
        let fixture = try AlipayFixture.shared.get()
        #expect(AlipayNotificationTests.mutations.count >= 32)
        try await run { world in
            let parameters = AlipayFixture.paid.merging(["out_trade_no": world.payment.outTradeNo.rawValue]) { $1 }
            let good = try await fixture.signedByPython(parameters)
            let other = try await fixture.signedByPython(parameters.merging(["notify_id": "another"]) { $1 })
            let before = try await world.tables()
            #expect(before.count == 2)
            for mutation in AlipayNotificationTests.mutations {
                await #expect(throws: NoticeRefusal.self, "\(mutation.name)") {
                    try await world.notices.take(mutation.change(good, other), from: world.gateway)
                }
                let after = try await world.tables()
                #expect(after == before, "\(mutation.name)")
            }
            #expect(world.settlement.facts.isEmpty)
            let outcome = try await world.notices.take(good, from: world.gateway)
            #expect(outcome == .paid && world.settlement.facts.count == 1)
        }
    }

    @Test(
        "One that is truly the gateway's and for somebody else is recorded, and nothing else is done",
        arguments: [("seller_id", "2088000000000002", "seller_unknown"), ("app_id", "2021000000000002", "application_unknown")])
    func misdirected(name: String, value: String, outcome: String) async throws {
        let fixture = try AlipayFixture.shared.get()
        try await run { world in
            let parameters = AlipayFixture.paid.merging(["out_trade_no": world.payment.outTradeNo.rawValue, name: value]) { $1 }
            let before = try await world.tables()
            for _ in 1...2 {
                let refusal = await #expect(throws: NoticeRefusal.self) {
                    try await world.notices.take(try fixture.signed(parameters), from: world.gateway)
                }
                #expect(refusal?.code == outcome)
            }
            let outcomes = try await world.outcomes()
            #expect(outcomes == [outcome], "a repetition tells nothing new")
            let after = try await world.tables()
            #expect(after.filter { !$0.hasPrefix("notification ") } == before)
            #expect(world.settlement.facts.isEmpty)
            await #expect(throws: NoticeRefusal.self) {
                try await world.notices.take(try fixture.signed(parameters.merging(["notify_id": "another"]) { $1 }), from: world.gateway)
            }
            let more = try await world.outcomes()
            #expect(more == [outcome, outcome])
            let recorded = try await world.tables()
            // Signed by anybody else, it has no story to tell.
            await #expect(throws: NoticeRefusal.signatureInvalid) {
                try await world.notices.take(try fixture.signed(parameters, key: fixture.app), from: world.gateway)
            }
            let unchanged = try await world.tables()
            #expect(unchanged == recorded)
        }
    }
}
