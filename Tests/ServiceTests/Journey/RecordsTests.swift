import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import Testing
import Text

@Suite("What administrators look into when something went wrong")
struct RecordsTests {
    @Test("Payments are found by order, state and number, and what gateways posted by outcome and number")
    func payments() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seats = try await platform.seats(stage.showtimeID)
            var orders: [String] = []
            var numbers: [String] = []
            for label in ["A1", "A2", "A3"] {
                let seat = try #require(seats[label])["id"].number
                let order = try await platform.order(anna, stage.showtimeID, seats: [seat])["id"].text
                orders.append(order)
                numbers.append(try await platform.startPayment(anna, orderID: order)["out_trade_no"].text)
            }
            #expect(try await platform.notify(Platform.notification(outTradeNo: numbers[0], amountFen: 4_800)) == "success")
            _ = try await platform.notify(Platform.notification(outTradeNo: numbers[1], amountFen: 1))

            func listed(_ query: String) async throws -> [String] {
                let answer = try await platform.admin.ask(.get, "/v1/payments?\(query)", token: platform.administrator)
                #expect(answer.status == 200, "\(answer.body)")
                return answer["items"].items.map { $0["out_trade_no"].text }
            }
            #expect(try await listed("") == numbers.reversed())
            #expect(try await listed("order_id=\(orders[1])") == [numbers[1]])
            #expect(try await listed("out_trade_no=\(numbers[2])") == [numbers[2]])
            #expect(try await listed("state=succeeded") == [numbers[0]])
            #expect(try await listed("state=started&order_id=\(orders[0])").isEmpty)
            let first = try await platform.admin.ask(.get, "/v1/payments?limit=2", token: platform.administrator)
            #expect(first["items"].items.count == 2)
            #expect(try await listed("limit=2&cursor=\(first["next"].text)") == [numbers[0]])
            for (query, status) in [("state=paid", 400), ("order_id=1", 400), ("cursor=x", 400), ("out_trade_no=", 400)] {
                let refused = try await platform.admin.ask(.get, "/v1/payments?\(query)", token: platform.administrator)
                #expect(refused.status == status, "\(query): \(refused.body)")
            }
            let id = first["items"].items.first.map { $0["id"].number } ?? 0
            let shown = try await platform.admin.ask(.get, "/v1/payments/\(id)", token: platform.administrator)
            #expect(shown["out_trade_no"].text == numbers[2] && shown["state"].text == "started" && shown["amount_fen"].number == 4_800)
            #expect(try await platform.admin.ask(.get, "/v1/payments/999999", token: platform.administrator).status == 404)

            func notified(_ query: String) async throws -> [String] {
                let answer = try await platform.admin.ask(.get, "/v1/payment-notifications?\(query)", token: platform.administrator)
                #expect(answer.status == 200, "\(answer.body)")
                return answer["items"].items.map { "\($0["out_trade_no"].text) \($0["outcome"].text)" }
            }
            let (good, bad) = ("\(numbers[0]) paid", "\(numbers[1]) amount_mismatch")
            #expect(try await notified("") == [bad, good])
            #expect(try await notified("outcome=amount_mismatch") == [bad])
            #expect(try await notified("out_trade_no=\(numbers[0])") == [good])
        }
    }

    @Test("A message that was given up is listed, and delivered again when an administrator says so; others are not")
    func outbox() async throws {
        try await Platform.with { platform in
            // Of kinds that no worker here knows, so that they lie still.
            try await platform.pool.execute(
                """
                INSERT INTO outbox (kind, payload, done_at, dead_at, failures, last_error)
                VALUES
                    ('parcel', '{"number": 1}', NULL, now(), 30, 'refused'),
                    ('parcel', '{"number": 2}', now(), NULL, 0, NULL),
                    ('letter', '{"number": 3}', NULL, NULL, 0, NULL)
                """
            )
            func listed(_ query: String) async throws -> [Int64] {
                let answer = try await platform.admin.ask(.get, "/v1/outbox-messages?\(query)", token: platform.administrator)
                #expect(answer.status == 200, "\(answer.body)")
                return answer["items"].items.map { $0["id"].number }
            }
            #expect(try await listed("kind=parcel") == [2, 1])
            #expect(try await listed("state=dead") == [1])
            #expect(try await listed("state=due&kind=letter") == [3])
            #expect(try await listed("state=done&kind=parcel") == [2])
            #expect(try await listed("state=done&kind=letter").isEmpty)
            let dead = try await platform.admin.ask(.get, "/v1/outbox-messages/1", token: platform.administrator)
            #expect(dead["state"].text == "dead" && dead["failures"].number == 30 && dead["last_error"].text == "refused")
            #expect(dead["payload"].text == #"{"number": 1}"#)

            func retry(_ id: Int64, key: String? = nil) async throws -> Asked {
                try await platform.admin.ask(
                    .post, "/v1/outbox-messages/\(id)/retries", token: platform.administrator, idempotencyKey: key)
            }
            let retried = try await retry(1, key: "once")
            #expect(retried.status == 202, "\(retried.body)")
            #expect(retried["state"].text == "due" && retried["failures"].number == 0)
            let repeated = try await retry(1, key: "once")
            #expect(repeated.status == 202 && repeated.body == retried.body)
            for id in [Int64(1), 2, 3] {
                let refused = try await retry(id)
                #expect(refused.status == 409 && refused.code == "message_not_dead", "\(refused.body)")
            }
            #expect(try await retry(4).status == 404)
            let audited = try await platform.pool.rows(
                "SELECT subject FROM audit_events WHERE action = 'outbox_message.retried'"
            ) { try $0["subject"] as String }
            #expect(audited == ["outbox_message:1"])
        }
    }

    @Test("A day is asked for once, with an answer at once; unknown gateways and days to come are refused")
    func requesting() async throws {
        try await Platform.with { platform in
            func ask(_ gateway: String, _ day: String, key: String? = nil) async throws -> Asked {
                try await platform.admin.ask(
                    .post, "/v1/reconciliations", token: platform.administrator, json: #"{"gateway": "\#(gateway)", "day": "\#(day)"}"#,
                    idempotencyKey: key)
            }
            let today = CalendarDay(inBeijingAt: Date())
            let asked = try await ask("alipay", "\(today)", key: "once")
            #expect(asked.status == 202, "\(asked.body)")
            #expect(asked["state"].text == "requested" && asked["day"].text == "\(today)")
            let again = try await ask("alipay", "\(today)", key: "once")
            #expect(again.status == 202 && again.body == asked.body)
            let refusals = [
                ("nobody", "2026-01-01", "gateway_unknown"), ("alipay", "\(today.adding(days: 2))", "day_in_future"),
                ("alipay", "2026-02-30", "body_invalid"),
            ]
            for (gateway, day, code) in refusals {
                let refused = try await ask(gateway, day)
                #expect(refused.status == 422 && refused.code == code, "\(refused.body)")
            }
            let id = asked["id"].number
            let listed = try await platform.admin.ask(.get, "/v1/reconciliations?gateway=alipay", token: platform.administrator)
            #expect(listed["items"].items.map { $0["id"].number } == [id])
            #expect(try await platform.admin.ask(.get, "/v1/reconciliations/\(id)", token: platform.administrator).status == 200)
            #expect(try await platform.admin.ask(.get, "/v1/reconciliations/\(id + 1)", token: platform.administrator).status == 404)
            #expect(
                try await platform.admin.ask(.get, "/v1/reconciliations/\(id + 1)/differences", token: platform.administrator).status == 404
            )
            let audited = try await platform.pool.rows(
                "SELECT subject FROM audit_events WHERE action = 'reconciliation.requested'"
            ) { try $0["subject"] as String }
            #expect(audited == ["reconciliation:\(id)"])
        }
    }

    @Test("Differences are listed by kind and by whether they are resolved, and resolved once, with a note")
    func resolving() async throws {
        try await Platform.with { platform in
            let id = try #require(
                try await platform.pool.row(
                    """
                    INSERT INTO reconciliations (
                        gateway, day, state, finished_at, our_payments, our_payments_fen, our_refunds, our_refunds_fen,
                        gateway_payments, gateway_payments_fen, gateway_refunds, gateway_refunds_fen, differences
                    )
                    VALUES ('alipay', '2026-01-01', 'done', now(), 1, 100, 0, 0, 2, 201, 0, 0, 2)
                    RETURNING id
                    """
                ) { try $0["id"] as Int64 })
            try await platform.pool.execute(
                """
                INSERT INTO reconciliation_differences (reconciliation_id, kind, line, out_trade_no, trade_no, our_fen, gateway_fen)
                VALUES (\(id), 'amount_differs', 'payment', 'P1', 'G1', 100, 101), (\(id), 'missing_here', 'payment', 'P2', 'G2', NULL, 100)
                """
            )
            let path = "/v1/reconciliations/\(id)"
            func listed(_ query: String) async throws -> [JSONValue] {
                let answer = try await platform.admin.ask(.get, "\(path)/differences?\(query)", token: platform.administrator)
                #expect(answer.status == 200, "\(answer.body)")
                return answer["items"].items
            }
            let all = try await listed("")
            #expect(all.map { $0["kind"].text } == ["amount_differs", "missing_here"])
            #expect(all.map { $0["our_fen"].number } == [100, -1] && all.map { $0["gateway_fen"].number } == [101, 100])
            #expect(try await listed("kind=missing_here").map { $0["out_trade_no"].text } == ["P2"])
            #expect(try await listed("resolved=true").isEmpty)
            func resolve(_ difference: Int64, _ body: String) async throws -> Asked {
                try await platform.admin.ask(
                    .post, "\(path)/differences/\(difference)/resolution", token: platform.administrator, json: body)
            }
            let first = all.first.map { $0["id"].number } ?? 0
            let resolved = try await resolve(first, #"{"note": "一分钱优惠"}"#)
            #expect(resolved.status == 200, "\(resolved.body)")
            #expect(resolved["note"].text == "一分钱优惠" && resolved["resolved_at"].text.hasPrefix("20"))
            let twice = try await resolve(first, #"{"note": "again"}"#)
            #expect(twice.status == 409 && twice.code == "already_resolved")
            #expect(try await resolve(first + 100, #"{"note": "none"}"#).status == 404)
            #expect(try await resolve(first + 1, #"{"note": ""}"#).status == 422)
            #expect(try await listed("resolved=false").map { $0["out_trade_no"].text } == ["P2"])
            let shown = try await platform.admin.ask(.get, path, token: platform.administrator)
            #expect(shown["unresolved_differences"].number == 1 && shown["ours"]["payments_fen"].number == 100)
            let audited = try await platform.pool.rows(
                "SELECT subject FROM audit_events WHERE action = 'reconciliation_difference.resolved'"
            ) { try $0["subject"] as String }
            #expect(audited == ["reconciliation_difference:\(first)"])
        }
    }
}
