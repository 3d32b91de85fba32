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
        let factLog: FactLog
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

        struct Refused: Sendable {
            let outcome: String
            let isProven: Bool
            let detail: String?
            let outTradeNo: String?
            let contentType: String?
            let body: String
        }

        /// What was refused for its form, in the order in which it came.
        func refused() async throws -> [Refused] {
            try await pool.rows(
                """
                SELECT outcome, is_proven, detail, out_trade_no, content_type, body_start
                FROM refused_notices
                ORDER BY id
                """
            ) {
                Refused(
                    outcome: try $0["outcome"], isProven: try $0["is_proven"], detail: try $0["detail"],
                    outTradeNo: try $0["out_trade_no"], contentType: try $0["content_type"], body: try $0["body_start"])
            }
        }

        func outcomes() async throws -> [String] {
            try await pool.rows(
                """
                SELECT id, outcome
                FROM payment_notifications
                UNION ALL
                SELECT id, outcome
                FROM refused_notices
                ORDER BY id
                """
            ) { try $0["outcome"] }
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
            let factLog = FactLog(payments: payments, pool: pool)
            let notices = PaymentNotices(payments: payments, pool: pool, factHandler: factLog)
            try await body(World(pool: pool, payment: payment, gateway: gateway, factLog: factLog, notices: notices))
        }
    }

    @Test("Every mutation of a good notification is refused, changes nothing, and is recorded with its reason")
    func mutations() async throws {
        let fixture = try AlipayFixture.shared.get()
        #expect(AlipayNotificationTests.mutations.count >= 32)
        try await run { world in
            let parameters = AlipayFixture.paid.merging(["out_trade_no": world.payment.outTradeNo.rawValue]) { $1 }
            let good = try await fixture.signedByPython(parameters)
            let other = try await fixture.signedByPython(parameters.merging(["notify_id": "another"]) { $1 })
            let before = try await world.tables()
            #expect(before.count == 3, "a payment, its order, and that it is watched")
            for mutation in AlipayNotificationTests.mutations {
                await #expect(throws: NoticeRefusal.self, "\(mutation.name)") {
                    try await world.notices.take(PostedNotice(form: mutation.change(good, other)), from: world.gateway)
                }
                let after = try await world.tables()
                #expect(after.filter { !$0.hasPrefix("notification ") } == before, "\(mutation.name)")
            }
            let records = try await world.refused()
            // Two of them may be equal, and of one reason no more than some are recorded in a minute.
            let counts = Dictionary(grouping: records, by: \.outcome).mapValues(\.count)
            #expect(counts["signature_invalid"] == 20 && counts["duplicate_parameter"] == 3, "\(counts)")
            #expect(records.allSatisfy { !$0.isProven && $0.contentType == PostedNotice.oddContentType && !$0.body.isEmpty })
            #expect(Set(records.map(\.outcome)).isSuperset(of: ["signature_invalid", "duplicate_parameter", "signature_missing"]))
            #expect(world.factLog.facts.isEmpty)
            let outcome = try await world.notices.take(PostedNotice(form: good), from: world.gateway)
            #expect(outcome == .paid && world.factLog.facts.count == 1)
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
                    try await world.notices.take(PostedNotice(form: try fixture.signed(parameters)), from: world.gateway)
                }
                #expect(refusal?.code.rawValue == outcome)
            }
            let outcomes = try await world.outcomes()
            #expect(outcomes == [outcome], "a repetition tells nothing new")
            let after = try await world.tables()
            #expect(after.filter { !$0.hasPrefix("notification ") } == before)
            #expect(world.factLog.facts.isEmpty)
            await #expect(throws: NoticeRefusal.self) {
                let another = try fixture.signed(parameters.merging(["notify_id": "another"]) { $1 })
                return try await world.notices.take(PostedNotice(form: another), from: world.gateway)
            }
            let more = try await world.outcomes()
            #expect(more == [outcome, outcome])
            // Signed by anybody else, it is recorded as what anybody can post.
            await #expect(throws: NoticeRefusal.signatureInvalid) {
                try await world.notices.take(PostedNotice(form: try fixture.signed(parameters, key: fixture.app)), from: world.gateway)
            }
            let all = try await world.outcomes()
            #expect(all == [outcome, outcome, "signature_invalid"])
        }
    }

    @Test("Every refused notice is recorded once, with its reason, the trade that it names, and its beginning")
    func refusedForms() async throws {
        let fixture = try AlipayFixture.shared.get()
        try await run { world in
            let number = world.payment.outTradeNo.rawValue
            let good = try fixture.signed(AlipayFixture.paid.merging(["out_trade_no": number]) { $1 })
            let form = Array(AlipayForm.encode(good).utf8)
            func signed(_ change: [String: String]) throws -> [UInt8] {
                Array(
                    AlipayForm.encode(
                        try fixture.signed(AlipayFixture.paid.merging(["out_trade_no": number]) { $1 }.merging(change) { $1 })
                    ).utf8)
            }
            let odd = PostedNotice.oddContentType
            let cases: [(posted: PostedNotice, outcome: String, detail: String?)] = [
                (PostedNotice(contentType: nil, body: form), "content_type_unknown", nil),
                (PostedNotice(contentType: "application/json", body: form), "content_type_unknown", nil),
                (PostedNotice(contentType: "text/html\0", body: [0]), "content_type_unknown", nil),
                (PostedNotice(contentType: odd, contentEncoding: "gzip", body: form), "body_compressed", nil),
                (PostedNotice(contentType: odd, body: form, isCut: true), "body_too_large", nil),
                (PostedNotice(contentType: odd, body: Array("a=%".utf8)), "form_invalid", nil),
                (PostedNotice(contentType: odd, body: []), "signature_missing", nil),
                (PostedNotice(contentType: odd, body: form + Array("&x=1".utf8)), "signature_invalid", nil),
                (PostedNotice(contentType: odd, body: try signed(["total_amount": "all"])), "malformed", "total_amount"),
                (PostedNotice(contentType: odd, body: try signed(["charset": "klingon"])), "malformed", "charset"),
                (PostedNotice(contentType: odd, body: try signed(["notify_id": "a\0"])), "malformed", "notify_id"),
                (PostedNotice(contentType: odd, body: try signed(["subject": "x&refund_fee=1"])), "ambiguous_parameter", nil),
            ]
            for _ in 1...2 {
                for entry in cases {
                    let refusal = await #expect(throws: NoticeRefusal.self) {
                        try await world.notices.take(entry.posted, from: world.gateway)
                    }
                    #expect(refusal?.code.rawValue == entry.outcome)
                }
            }
            let records = try await world.refused()
            // The second is the first one's body.
            let recorded = cases.enumerated().filter { $0.offset != 1 }.map(\.element)
            #expect(records.map(\.outcome) == recorded.map(\.outcome))
            #expect(records.map(\.detail) == recorded.map(\.detail))
            #expect(records.map(\.isProven) == recorded.map { ["malformed", "ambiguous_parameter"].contains($0.outcome) })
            #expect(records[0].outTradeNo == number && records[0].contentType == nil)
            #expect(records[1].contentType == "text/html\u{FFFD}" && records[1].body == "\u{FFFD}" && records[1].outTradeNo == nil)
            #expect(world.factLog.facts.isEmpty)
        }
    }

    @Test("A flood leaves some rows of each reason, and none of them stays for ever")
    func flood() async throws {
        try await run { world in
            func post(_ body: String) async {
                await #expect(throws: NoticeRefusal.self) {
                    try await world.notices.take(
                        PostedNotice(contentType: PostedNotice.oddContentType, body: Array(body.utf8)), from: world.gateway)
                }
            }
            for number in 0..<100 { await post("a=\(number)") }
            for number in 0..<100 { await post("%x\(number)") }
            let counts = Dictionary(grouping: try await world.refused(), by: \.outcome).mapValues(\.count)
            #expect(counts == ["signature_missing": 20, "form_invalid": 20])
            let payments = Payments(gateways: [world.gateway], outbox: Outbox())
            let early = try await payments.deleteOldRefusedNotices(olderThan: .seconds(60), limit: 1_000, in: world.pool)
            #expect(early == 0)
            let late = try await payments.deleteOldRefusedNotices(olderThan: .zero, limit: 30, in: world.pool)
            #expect(late == 30)
        }
    }

    @Test("The day's limit holds for all processes together")
    func dailyLimit() async throws {
        try await run { world in
            try await world.pool.execute(
                """
                INSERT INTO refused_notices (gateway, outcome, is_proven, body_sha256, body_start)
                SELECT 'alipay', 'form_invalid', FALSE, sha256(number::text::bytea), ''
                FROM generate_series(1, 999) AS number
                """)
            for number in 0..<5 {
                await #expect(throws: NoticeRefusal.formInvalid) {
                    try await world.notices.take(
                        PostedNotice(contentType: PostedNotice.oddContentType, body: Array("%\(number)".utf8)), from: world.gateway)
                }
            }
            let recorded = try await world.refused()
            #expect(recorded.count == 1_000)
        }
    }
}
