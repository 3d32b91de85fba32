import Foundation
import HTTP
import HTTPTypes
import Shared
import Testing
import Text

@Suite("After the sale, over HTTP: giving back, the counter, the door and the books")
struct AfterSaleTests {
    @Test("A buyer gives one ticket back by the policy, repeats the wish safely, and reads what became of it")
    func buyerRefund() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let (id, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1", "A2"])
            let path = "/v1/orders/\(id)/refunds"
            let body = #"{"ticket_ids": [\#(tickets[0]["id"].number)], "reason": "ill"}"#
            let first = try await platform.client.ask(.post, path, token: buyer, json: body, idempotencyKey: "once")
            #expect(first.status == 202, "\(first.body)")
            #expect(first["amount_fen"].number == 4800)
            #expect(first["fee_fen"].number == 0)
            #expect(first["state"].text == "requested")
            let again = try await platform.client.ask(.post, path, token: buyer, json: body, idempotencyKey: "once")
            #expect(again.body == first.body)
            let other = try await platform.client.ask(.post, path, token: buyer, json: "{}", idempotencyKey: "once")
            #expect(other.status == 422)
            #expect(try await platform.client.ask(.post, path, token: buyer, json: body).code == "ticket_refunded")
            let unknown = try await platform.client.ask(.post, path, token: buyer, json: #"{"ticket_ids": [999999]}"#)
            #expect(unknown.status == 422)
            #expect(unknown.code == "ticket_unknown")
            let listed = try await platform.client.ask(.get, path, token: buyer)
            #expect(listed["items"].items.count == 1)
            #expect(listed["items"].items.first?["note"].text == "ill")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])
            #expect(seat["state"].text == "free")
            let stranger = try await platform.moviegoer("bert")
            #expect(try await platform.client.ask(.post, path, token: stranger, json: "{}").status == 404)
            let rest = try await platform.client.ask(.post, path, token: buyer, json: "{}")
            #expect(rest.status == 202, "\(rest.body)")
            #expect(try await platform.client.ask(.get, "/v1/orders/\(id)", token: buyer)["state"].text == "refunding")
        }
    }

    @Test("A cinema sets its policy, and the buyer sees it before it orders")
    func policy() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let path = "/v1/cinemas/\(stage.cinemaID)/refund-policy"
            let usual = try await platform.client.ask(.get, path)
            #expect(usual["version"].number == 0)
            #expect(usual["steps"].items.map { $0["minutes_before_start"].number } == [30])
            let body = #"{"steps": [{"minutes_before_start": 60, "fee_percent": 50}], "refunds_service_fee": false}"#
            #expect(try await platform.cinema.ask(.put, path, token: stage.merchant.token, json: body).status == 428)
            let tag = try await platform.cinema.ask(.get, path, token: stage.merchant.token).headers[.eTag]
            let set = try await platform.cinema.ask(.put, path, token: stage.merchant.token, json: body, ifMatch: tag)
            #expect(set.status == 200, "\(set.body)")
            #expect(try await platform.cinema.ask(.put, path, token: stage.merchant.token, json: body, ifMatch: tag).status == 412)
            let stranger = try await platform.merchant("other")
            #expect(try await platform.cinema.ask(.get, path, token: stranger.token).status == 404)
            let buyer = try await platform.moviegoer("anna")
            let (id, _) = try await platform.paidOrder(buyer, stage, labels: ["A1"])
            let refund = try await platform.client.ask(.post, "/v1/orders/\(id)/refunds", token: buyer, json: "{}")
            #expect(refund["amount_fen"].number == 2250)
            #expect(refund["fee_fen"].number == 2250)
        }
    }

    @Test("A clerk sells, reseats, reprints and voids; each end sees its own; another merchant sees nothing")
    func counter() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let token = stage.merchant.token
            let seats = try await platform.seats(stage.showtimeID)
            let ids = try ["A1", "A2"].map { try #require(seats[$0])["id"].number }
            let order = try await platform.cinema.ask(
                .post, "/v1/orders", token: token,
                json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": \#(ids), "buyer_phone": "138 0013 8000"}"#, idempotencyKey: "k")
            #expect(order.status == 201, "\(order.body)")
            #expect(order["channel"].text == "counter")
            let id = order["id"].text
            let payment = try await platform.cinema.ask(
                .post, "/v1/orders/\(id)/payments", token: token, json: #"{"method": "counter_cash"}"#, idempotencyKey: "p")
            #expect(payment.status == 201, "\(payment.body)")
            #expect(payment["tickets"].items.count == 2)
            let repeated = try await platform.cinema.ask(
                .post, "/v1/orders/\(id)/payments", token: token, json: #"{"method": "counter_cash"}"#, idempotencyKey: "p")
            #expect(repeated.body == payment.body)
            let missing = try await platform.cinema.ask(
                .post, "/v1/orders/\(id)/payments", token: token, json: #"{"method": "counter_external"}"#)
            #expect(missing.status == 422)
            #expect(missing["errors"].items.map { $0["code"].text } == ["payment_reference_missing"])

            let found = try await platform.cinema.ask(
                .get, "/v1/orders?phone_tail=8000&cinema_id=\(stage.cinemaID)&state=paid", token: token)
            #expect(found["items"].items.map { $0["id"].text } == [id])
            let none = try await platform.cinema.ask(.get, "/v1/orders?phone_tail=8001", token: token)
            #expect(none["items"].items.isEmpty)
            #expect(try await platform.cinema.ask(.get, "/v1/orders?phone_tail=80", token: token).status == 400)

            let ticketID = payment["tickets"].items.first?["id"].number ?? 0
            let ticket = try await platform.cinema.ask(.get, "/v1/tickets/\(ticketID)", token: token)
            let free = try #require(seats["A3"])["id"].number
            let moved = try await platform.cinema.ask(
                .patch, "/v1/tickets/\(ticketID)", token: token, json: #"{"seat_id": \#(free), "reason": "broken"}"#,
                ifMatch: ticket.headers[.eTag])
            #expect(moved.status == 200, "\(moved.body)")
            #expect(moved["seat"].text == "A3")
            let printed = try await platform.cinema.ask(
                .post, "/v1/orders/\(id)/reprints", token: token, json: #"{"reason": "paper jam"}"#)
            #expect(printed.status == 200, "\(printed.body)")
            let stranger = try await platform.merchant("other")
            for (method, path, json) in [
                (.get, "/v1/orders/\(id)", nil), (.get, "/v1/tickets/\(ticketID)", nil), (.get, "/v1/orders/\(id)/refunds", nil),
                (.post, "/v1/orders/\(id)/refunds", #"{"reason": "x"}"#), (.post, "/v1/orders/\(id)/voiding", #"{"reason": "x"}"#),
                (.post, "/v1/orders/\(id)/reprints", #"{"reason": "x"}"#),
                (.post, "/v1/orders/\(id)/payments", #"{"method": "counter_cash"}"#),
            ] as [(HTTPRequest.Method, String, String?)] {
                #expect(try await platform.cinema.ask(method, path, token: stranger.token, json: json).status == 404, "\(method) \(path)")
            }
            let voided = try await platform.admin.ask(
                .post, "/v1/orders/\(id)/voiding", token: platform.administrator, json: #"{"reason": "wrong evening"}"#)
            #expect(voided.status == 202, "\(voided.body)")
            #expect(voided["state"].text == "refunding")
            let story = try await platform.cinema.ask(.get, "/v1/orders/\(id)/events", token: token)
            #expect(
                story["items"].items.map { $0["cause"].text }
                    == ["opened", "payment_confirmed", "reseated", "reprinted", "refunded_by_platform"])
            #expect(
                story["items"].items.compactMap { $0["note"] == .null ? nil : $0["note"].text } == ["broken", "paper jam", "wrong evening"])
        }
    }

    @Test("The buyer doesn't see the staff's notes and who of the staff acted; it sees its own acts")
    func notesOfStaff() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let buyerID = try await platform.client.ask(.get, "/v1/me", token: buyer)["id"].number
            let (id, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1", "A2"])
            let path = "/v1/orders/\(id)"
            let own = try await platform.client.ask(
                .post, path + "/refunds", token: buyer, json: #"{"ticket_ids": [\#(tickets[0]["id"].number)], "reason": "own words"}"#)
            #expect(own.status == 202, "\(own.body)")
            let refunded = try await platform.cinema.ask(
                .post, path + "/refunds", token: stage.merchant.token, json: #"{"reason": "drunk again"}"#)
            #expect(refunded.status == 202, "\(refunded.body)")
            let told = try await platform.cinema.ask(.get, path + "/events", token: stage.merchant.token)["items"].items
            #expect(told.last?["note"].text == "drunk again")
            let staffID = try #require(told.last)["actor_account_id"].number
            let shown = try await platform.client.ask(.get, path + "/events", token: buyer)
            #expect(shown["items"].items.map { $0["cause"].text } == told.map { $0["cause"].text })
            #expect(shown["items"].items.compactMap { $0["note"] == .null ? nil : $0["note"].text } == ["own words"])
            let actors = shown["items"].items.map { $0["actor_account_id"] }
            #expect(actors.contains(.integer(buyerID)) && !actors.contains(.integer(staffID)))
            let refunds = try await platform.client.ask(.get, path + "/refunds", token: buyer)
            #expect(refunds["items"].items.map { $0["note"] } == ["own words", .null], "\(refunds.body)")
            let ofStaff = try await platform.cinema.ask(.get, path + "/refunds", token: stage.merchant.token)
            #expect(ofStaff["items"].items.map { $0["note"].text } == ["own words", "drunk again"])
        }
    }

    @Test("A code lets one person in; the keys are published; the books balance")
    func doorAndBooks() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let (id, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1"])
            let keys = try await platform.client.ask(.get, "/v1/ticket-keys")
            #expect(keys["keys"].items.first?["crv"].text == "Ed25519")
            #expect(tickets[0]["qr"].text.split(separator: ".").dropFirst().first.map(String.init) == keys["keys"].items.first?["kid"].text)
            let qr = tickets[0]["qr"].text
            let early = try await platform.cinema.ask(
                .post, "/v1/tickets/entries", token: stage.merchant.token, json: #"{"qr": "\#(qr)", "place": "Door 1"}"#)
            #expect(early.status == 409)
            #expect(early.code == "entry_not_open")
            let body = #"{"qr": "\#(qr)", "place": "Door 1", "override_reason": "A wheelchair user needs the time"}"#
            let first = try await platform.cinema.ask(.post, "/v1/tickets/entries", token: stage.merchant.token, json: body)
            #expect(first.status == 200, "\(first.body)")
            let path = "/v1/tickets/\(first["id"].number)/entry"
            let tag = first.headers[.eTag]
            #expect(try await platform.cinema.ask(.delete, path, token: stage.merchant.token).status == 428)
            #expect(try await platform.cinema.ask(.delete, path, token: stage.merchant.token, ifMatch: #""1""#).status == 412)
            #expect(try await platform.cinema.ask(.delete, path, token: stage.merchant.token, ifMatch: tag).status == 204)
            let undone = try await platform.cinema.ask(.delete, path, token: stage.merchant.token, ifMatch: "*")
            #expect(undone.status == 409)
            #expect(undone.code == "not_entered")
            let entered = try await platform.cinema.ask(.post, "/v1/tickets/entries", token: stage.merchant.token, json: body)
            #expect(entered.status == 200, "\(entered.body)")
            #expect(entered["entry_place"].text == "Door 1")
            let overridden = try await platform.admin.ask(
                .get, "/v1/audit-events?action=ticket.entry_overridden", token: platform.administrator)
            #expect(overridden["items"].items.count == 2, "\(overridden.body)")
            let twice = try await platform.cinema.ask(.post, "/v1/tickets/entries", token: stage.merchant.token, json: body)
            #expect(twice.status == 409)
            #expect(twice.code == "already_entered")
            let stranger = try await platform.merchant("other")
            let foreign = try await platform.cinema.ask(.post, "/v1/tickets/entries", token: stranger.token, json: body)
            #expect(foreign.code == "ticket_code_invalid")
            let entries = try await platform.admin.ask(.get, "/v1/ledger/entries?order_id=\(id)", token: platform.administrator)
            #expect(entries["items"].items.count == 1)
            let balances = try await platform.admin.ask(.get, "/v1/ledger/balances", token: platform.administrator)
            #expect(balances["items"].items.map { $0["amount_fen"].number }.reduce(0, +) == 0)
            #expect(balances["items"].items.contains { $0["account"].text == "gateway:alipay" && $0["amount_fen"].number == 4800 })
        }
    }
}

extension Platform {
    /// An order of the stage's showtime that the gateway has said to be paid, with its tickets.
    func paidOrder(_ token: String, _ stage: Stage, labels: [String]) async throws -> (id: String, tickets: [JSONValue]) {
        let seats = try await seats(stage.showtimeID)
        let ids = try labels.map { try #require(seats[$0])["id"].number }
        let order = try await order(token, stage.showtimeID, seats: ids)
        #expect(order.status == 201, "\(order.body)")
        let payment = try await startPayment(token, orderID: order["id"].text)
        let notice = Self.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
        #expect(try await notify(notice) == "success")
        let tickets = try await client.ask(.get, "/v1/orders/\(order["id"].text)/tickets", token: token)
        #expect(tickets.status == 200, "\(tickets.body)")
        return (order["id"].text, tickets["tickets"].items)
    }
}
