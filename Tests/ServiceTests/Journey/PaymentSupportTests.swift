import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import TestSupport
import Testing
import Text

@Suite("Payment support, over HTTP: open trades at the counter, wrong amounts, refunds that nobody here asked for")
struct PaymentSupportTests {
    /// An order with a payment that was started and not paid.
    private func waitingOrder(
        _ token: String, _ label: String, _ stage: Platform.Stage, at platform: Platform
    ) async throws -> (id: String, outTradeNo: String, payableFen: Int64) {
        let seat = try #require(try await platform.seats(stage.showtimeID)[label])["id"].number
        let order = try await platform.order(token, stage.showtimeID, seats: [seat])
        #expect(order.status == 201, "\(order.body)")
        let payment = try await platform.startPayment(token, orderID: order["id"].text)
        return (order["id"].text, payment["out_trade_no"].text, order["payable_fen"].number)
    }

    @Test("A clerk takes no money while the buyer can still pay online; asked again once that is closed, the counter sells")
    func tradeOpen() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let order = try await waitingOrder(anna, "A1", stage, at: platform)
            func pay(_ token: String) async throws -> Asked {
                try await platform.cinema.ask(
                    .post, "/v1/orders/\(order.id)/payments", token: token, json: #"{"method": "counter_cash"}"#, idempotencyKey: "p")
            }
            let stranger = try await platform.merchant("other")
            #expect(try await pay(stranger.token).status == 404)
            for _ in 1...2 {
                let refused = try await pay(stage.merchant.token)
                #expect(refused.status == 409 && refused.code == "trade_open", "\(refused.body)")
                #expect(refused["retry_after"].number == 2 && refused.headers[.retryAfter] == "2")
            }
            let closings = try await platform.pool.rows(
                "SELECT payload->>'outTradeNo' AS number FROM outbox WHERE kind = 'payment_closing'"
            ) { try $0["number"] as String }
            #expect(closings == [order.outTradeNo])
            let closed = Platform.notification(outTradeNo: order.outTradeNo, amountFen: order.payableFen, status: "TRADE_CLOSED")
            #expect(try await platform.notify(closed) == "success")
            let sold = try await pay(stage.merchant.token)
            #expect(sold.status == 201, "\(sold.body)")
            #expect(try await pay(stage.merchant.token).body == sold.body)
            #expect(try await platform.client.ask(.get, "/v1/orders/\(order.id)", token: anna)["state"].text == "paid")
        }
    }

    /// What the gateway posts about a trade, with other values.
    private func notice(
        _ order: (id: String, outTradeNo: String, payableFen: Int64), _ changes: [String: String] = [:]
    ) -> [(name: String, value: String)] {
        let usual = Platform.notification(outTradeNo: order.outTradeNo, amountFen: order.payableFen)
        let changed = usual.map { ($0.name, changes[$0.name] ?? $0.value) }
        return changed + changes.filter { change in !usual.contains { $0.name == change.key } }.map { ($0.key, $0.value) }
    }

    @Test("Money of a wrong amount goes back once, with a reason, and the order is paid by another payment")
    func wrongAmount() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let order = try await waitingOrder(anna, "A1", stage, at: platform)
            let wrong = notice(order, ["total_amount": "1.00"])
            #expect(try await platform.notify(wrong) == "failure")
            let listed = try await platform.admin.ask(
                .get, "/v1/payment-notifications?outcome=amount_mismatch", token: platform.administrator)
            let id = try #require(listed["items"].items.first)["id"].number
            let path = "/v1/payment-notifications/\(id)/refund"
            func refund(_ path: String, token: String, body: String = #"{"reason": "paid 1 yuan"}"#, key: String? = nil) async throws
                -> Asked
            {
                try await platform.admin.ask(.post, path, token: token, json: body, idempotencyKey: key)
            }
            #expect(try await refund(path, token: platform.administrator, body: "{}").status == 422)
            let reader = try await platform.holder(.admin, grants: ["payments": 3])
            #expect(try await refund(path, token: reader.token).status == 403)
            let finance = try await platform.holder(.admin, grants: ["payments": 5])
            let asked = try await refund(path, token: finance.token, key: "once")
            #expect(asked.status == 202, "\(asked.body)")
            #expect(asked["amount_fen"].number == 100 && asked["reason"].text == "wrong_amount" && asked["note"].text == "paid 1 yuan")
            #expect(try await refund(path, token: finance.token, key: "once").body == asked.body)
            let twice = try await refund(path, token: finance.token)
            #expect(twice.status == 409 && twice.code == "notification_refunded")
            #expect(try await refund("/v1/payment-notifications/999999/refund", token: finance.token).status == 404)
            // The gateway comes again, and is content now.
            #expect(try await platform.notify(wrong) == "success")
            let refunds = try await platform.client.ask(.get, "/v1/orders/\(order.id)/refunds", token: anna)
            #expect(refunds["items"].items.map { $0["amount_fen"].number } == [100])
            let entries = try await platform.admin.ask(.get, "/v1/ledger/entries?order_id=\(order.id)", token: platform.administrator)
            #expect(entries["items"].items.map { $0["kind"].text } == ["refund_requested", "payment"])
            let audit = try await platform.admin.ask(
                .get, "/v1/audit-events?action=payment.wrong_amount_refunded", token: platform.administrator)
            #expect(audit["items"].items.map { $0["subject"].text } == ["payment_notification:\(id)"])
            let second = try await platform.startPayment(anna, orderID: order.id)
            let right = notice((order.id, second["out_trade_no"].text, order.payableFen))
            #expect(try await platform.notify(right) == "success")
            #expect(try await platform.client.ask(.get, "/v1/orders/\(order.id)", token: anna)["state"].text == "paid")
            let paid = try await platform.admin.ask(.get, "/v1/payment-notifications?outcome=paid", token: platform.administrator)
            let refused = try await refund(
                "/v1/payment-notifications/\(try #require(paid["items"].items.first)["id"].number)/refund", token: finance.token)
            #expect(refused.status == 409 && refused.code == "notification_not_refundable")
        }
    }

    @Test("The finance people send wrong money back; support decides about orders; nobody else needs to be asked")
    func builtInGroups() async throws {
        try await Platform.with { platform in
            func bits(_ group: String, _ resource: String) async throws -> Int64 {
                try await platform.pool.rows(
                    """
                    SELECT paths.bits
                    FROM user_group_permission_paths AS paths
                    JOIN user_groups ON user_groups.id = paths.user_group_id
                    WHERE user_groups.name = \(group)
                        AND paths.resource = \(resource)
                    """
                ) { try $0["bits"] as Int64 }.reduce(0, |)
            }
            let finance = try await bits("finance", "payments")
            #expect(finance == 5)
            let support = (payments: try await bits("support", "payments"), orders: try await bits("support", "orders"))
            #expect(support.payments == 1 && support.orders & 4 == 4)
        }
    }

    @Test("A refund sends what is left after the console's; one that the gateway refuses is counted as done with a reason")
    func sentElsewhere() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let order = try await waitingOrder(anna, "A1", stage, at: platform)
            #expect(try await platform.notify(notice(order)) == "success")
            let news = notice(order, ["refund_fee": "1.00", "gmt_refund": "2026-11-24 12:00:00.123", "out_biz_no": "console-1"])
            #expect(try await platform.notify(news) == "success")
            let path = "/v1/orders/\(order.id)/refunds"
            let token = platform.administrator
            let preview = try await platform.admin.ask(.post, "\(path)/preview", token: token, json: "{}")
            let asked = try await platform.admin.ask(.post, path, token: token, json: #"{"reason": "ill"}"#)
            #expect(asked.status == 202, "\(asked.body)")
            for told in [preview, asked] {
                #expect(told["amount_fen"].number == order.payableFen - 100 && told["foreign_fen"].number == 100, "\(told.body)")
            }
            let done = "\(path)/\(asked["id"].number)/sent-elsewhere"
            let early = try await platform.admin.ask(.post, done, token: token, json: #"{"reason": "by hand"}"#)
            #expect(early.status == 409 && early.code == "refund_not_refused")
            // As the outbox leaves a refund that the gateway refuses: no attempt is under way, and none follows.
            try await until {
                try await platform.pool.row(
                    """
                    UPDATE outbox
                    SET dead_at = clock_timestamp()
                    WHERE kind = \(Payments.refund)
                        AND dead_at IS NULL
                        AND leased_at IS NULL
                    RETURNING id
                    """, { _ in true }) != nil
            }
            try await platform.pool.execute("UPDATE refunds SET refused_at = now()")
            let reader = try await platform.holder(.admin, grants: ["payments": 1])
            #expect(try await platform.admin.ask(.post, done, token: reader.token, json: #"{"reason": "x"}"#).status == 403)
            #expect(try await platform.admin.ask(.post, done, token: token, json: "{}").status == 422)
            let settled = try await platform.admin.ask(.post, done, token: token, json: #"{"reason": "by hand"}"#)
            #expect(settled.status == 200 && settled["state"].text == "succeeded", "\(settled.body)")
            #expect(try await platform.client.ask(.get, "/v1/orders/\(order.id)", token: anna)["state"].text == "refunded")
            let audit = try await platform.admin.ask(.get, "/v1/audit-events?action=order.refund_sent_elsewhere", token: token)
            #expect(audit["items"].items.map { $0["subject"].text } == ["order:\(order.id)"])
        }
    }

    @Test("A refund in the gateway's own console keeps the order's tickets from being used until an administrator decides")
    func foreignRefund() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let order = try await waitingOrder(anna, "A1", stage, at: platform)
            #expect(try await platform.notify(notice(order)) == "success")
            let tickets = try await platform.client.ask(.get, "/v1/orders/\(order.id)/tickets", token: anna)
            let token = stage.merchant.token
            let news = notice(order, ["refund_fee": "10.00", "gmt_refund": "2026-11-24 12:00:00.123", "out_biz_no": "console-1"])
            for _ in 1...2 { #expect(try await platform.notify(news) == "success") }
            for (service, token) in [(platform.client, anna), (platform.cinema, token), (platform.admin, platform.administrator)] {
                let shown = try await service.ask(.get, "/v1/orders/\(order.id)", token: token)
                #expect(shown["attention"].text == "refunded_at_gateway" && shown["state"].text == "paid")
            }
            let other = try await platform.merchant("other")
            for (service, token, count) in [
                (platform.cinema, token, 1), (platform.cinema, other.token, 0), (platform.admin, platform.administrator, 1),
            ] {
                let listed = try await service.ask(.get, "/v1/orders?attention=refunded_at_gateway", token: token)
                #expect(listed["items"].items.count == count)
            }
            let collection = #"{"code": "\#(tickets["collection_code"].text)"}"#
            let entry = #"{"qr": "\#(try #require(tickets["tickets"].items.first)["qr"].text)"}"#
            let refusals = [
                try await platform.cinema.ask(.post, "/v1/tickets/collections", token: token, json: collection),
                try await platform.cinema.ask(.post, "/v1/tickets/entries", token: token, json: entry),
                try await platform.client.ask(.post, "/v1/orders/\(order.id)/refunds", token: anna, json: "{}"),
                try await platform.cinema.ask(.post, "/v1/orders/\(order.id)/refunds", token: token, json: #"{"reason": "x"}"#),
                try await platform.cinema.ask(.post, "/v1/orders/\(order.id)/voiding", token: token, json: #"{"reason": "x"}"#),
                try await platform.cinema.ask(.post, "/v1/orders/\(order.id)/reprints", token: token, json: #"{"reason": "x"}"#),
                try await platform.admin.ask(
                    .post, "/v1/orders/\(order.id)/reprints", token: platform.administrator, json: #"{"reason": "x"}"#),
            ]
            for refused in refusals { #expect(refused.status == 409 && refused.code == "order_needs_attention", "\(refused.body)") }
            let path = "/v1/orders/\(order.id)/attention/decision"
            #expect(try await platform.cinema.ask(.post, path, token: token, json: #"{"reason": "x"}"#).status == 404)
            #expect(try await platform.admin.ask(.post, path, token: platform.administrator, json: "{}").status == 422)
            let reader = try await platform.holder(.admin, grants: ["orders": 1])
            #expect(try await platform.admin.ask(.post, path, token: reader.token, json: #"{"reason": "x"}"#).status == 403)
            let decided = try await platform.admin.ask(.post, path, token: platform.administrator, json: #"{"reason": "goodwill"}"#)
            #expect(decided.status == 200 && decided["attention"] == .null, "\(decided.body)")
            let again = try await platform.admin.ask(.post, path, token: platform.administrator, json: #"{"reason": "goodwill"}"#)
            #expect(again.status == 409 && again.code == "order_needs_no_decision")
            #expect(try await platform.notify(news) == "success")
            #expect(try await platform.cinema.ask(.post, "/v1/tickets/collections", token: token, json: collection).status == 200)
            let story = try await platform.admin.ask(.get, "/v1/orders/\(order.id)/events", token: platform.administrator)
            #expect(
                story["items"].items.map { $0["cause"].text }
                    == ["opened", "payment_confirmed", "refunded_at_gateway", "attention_decided", "collected"])
            #expect(story["items"].items.map { $0["note"].text }.contains("goodwill"))
            let audit = try await platform.admin.ask(.get, "/v1/audit-events?action=order.attention_decided", token: platform.administrator)
            #expect(audit["items"].items.map { $0["subject"].text } == ["order:\(order.id)"])
        }
    }
}
