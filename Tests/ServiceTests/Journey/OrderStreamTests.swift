import AsyncHTTPClient
import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import Shared
import TestSupport
import Testing
import Text

@testable import API

@Suite("How far an order has got, as events", .inTurn)
struct OrderStreamTests {
    @Test("A stream begins with the present state, tells of each change, and ends with the order")
    func changes() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = try await platform.order(anna, stage.showtimeID, seats: [seat])
            let id = order["id"].text
            let path = "/v1/orders/\(id)/stream"
            // The platform's services are other processes than this one.
            try await platform.withClientService { port in
                var paidID = ""
                try await EventReader.open(path, port: port, token: anna) { stream in
                    let first = try await stream.next()
                    #expect(first.name == "order" && first.data["state"].text == "pending_payment" && first.data["id"].text == id)
                    #expect(first.data["expires_at"] == order["expires_at"] && first.data["last"] == .bool(false))
                    let payment = try await platform.startPayment(anna, orderID: id)
                    _ = try await platform.client.ask(.post, "/v1/orders/\(id)/payment-claims", token: anna, json: "{}")
                    #expect(try await stream.next().data["state"].text == "paid_unconfirmed")
                    #expect(
                        try await platform.notify(
                            Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number))
                            == "success")
                    let paid = try await stream.next()
                    #expect(paid.data["state"].text == "paid" && paid.data["paid_at"] != .null)
                    paidID = paid.id
                }
                // Who comes back is told only what is new.
                let code = try await platform.client.ask(.get, "/v1/orders/\(id)/tickets", token: anna)["collection_code"].text
                try await EventReader.open(path, port: port, token: anna, lastEventID: paidID) { stream in
                    let collected = try await platform.cinema.ask(
                        .post, "/v1/tickets/collections", token: stage.merchant.token, json: #"{"code": "\#(code)"}"#)
                    #expect(collected.status == 200, "\(collected.body)")
                    let last = try await stream.next()
                    #expect(last.data["state"].text == "collected" && last.data["last"] == .bool(true))
                    let end = try await stream.nextOrEnd()
                    #expect(end == nil)
                }
                try await EventReader.open(path, port: port, token: anna) { stream in
                    let only = try await stream.next()
                    #expect(only.data["state"].text == "collected")
                    let end = try await stream.nextOrEnd()
                    #expect(end == nil)
                }
            }
        }
    }

    @Test("An order that lapses shows as expired, though nobody writes anything")
    func lapse() async throws {
        // On a slow machine it lapses before anybody looks; then it gets longer.
        for seconds in [3, 30, 120] where try await seesLapse(after: seconds) { return }
        Issue.record("It had lapsed each time before the stream was there.")
    }

    /// - Returns: whether the stream was there before the order lapsed.
    private func seesLapse(after seconds: Int) async throws -> Bool {
        let seen = Tally()
        try await Platform.with(["ORDERS_HOLD_SECONDS": "\(seconds)"]) { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let id = try await platform.order(anna, stage.showtimeID, seats: [seat])["id"].text
            try await platform.withClientService(["ORDERS_SWEEP_SECONDS": "3600"]) { port in
                try await EventReader.open("/v1/orders/\(id)/stream", port: port, token: anna) { stream in
                    guard try await stream.next().data["state"].text == "pending_payment" else { return }
                    seen.add()
                    #expect(try await stream.next().data["state"].text == "expired")
                }
            }
        }
        return seen.count == 1
    }

    @Test("Others' orders have no stream, and there are no more streams than may be; who leaves makes room")
    func refused() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, eve) = (try await platform.moviegoer("anna"), try await platform.moviegoer("eve"))
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let id = try await platform.order(anna, stage.showtimeID, seats: [seat])["id"].text
            try await platform.withClientService(["HTTP_MAXIMUM_STREAMS": "1"]) { port in
                func status(_ token: String?) async throws -> HTTPResponseStatus {
                    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/orders/\(id)/stream")
                    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
                    let response = try await HTTPClient.patient.execute(request, timeout: .patient)
                    if response.status != .ok { _ = try await response.body.collect(upTo: 8192) }
                    return response.status
                }
                #expect(try await status(nil) == .unauthorized)
                #expect(try await status(eve) == .notFound)
                try await EventReader.open("/v1/orders/\(id)/stream", port: port, token: anna) { stream in
                    _ = try await stream.next()
                    #expect(try await status(anna) == .serviceUnavailable)
                }
                try await until { try await status(anna) == .ok }
            }
        }
    }

    @Test("A stream ends when its time is over, and nobody watches its order any more; one that is refused leaves nothing behind")
    func lifetime() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let id = try #require(UUID(uuidString: try await platform.order(anna, stage.showtimeID, seats: [seat])["id"].text))
            let watch = OrderWatch(pool: platform.pool, logger: Logger(label: "test"))
            let (streams, none) = (EventStreams(limit: 1), EventStreams(limit: 0))
            let short = OrderStreams(watch: watch, streams: streams, lifetime: .zero)
            var stream: EventStream? = try await short.open(orderID: id, scope: .all, after: nil, address: "192.0.2.1")
            #expect(watch.count == 1 && streams.count == 1)
            stream = nil
            #expect(stream == nil && watch.count == 0 && streams.count == 0)
            await #expect(throws: Problem.tooManyStreams) {
                try await OrderStreams(watch: watch, streams: none).open(orderID: id, scope: .all, after: nil, address: "192.0.2.1")
            }
            await #expect(throws: Refusal.notFound) {
                try await short.open(orderID: id, scope: .buyer(999_999), after: nil, address: "192.0.2.1")
            }
            #expect(watch.count == 0 && streams.count == 0)
        }
    }
}
