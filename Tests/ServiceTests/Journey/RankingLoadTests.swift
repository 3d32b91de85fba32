import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Synchronization
import TestSupport
import Testing

/// An open call whose answer can't be remembered, since everybody asks for another one, must not cost those who buy.
@Suite("Rankings that many ask for at once, beside orders")
struct RankingLoadTests {
    /// As many as once kept others from being served.
    private static let loops = 24

    /// Nothing but the names in rankings of companies is read from it, so its lock keeps these from coming to an end and disturbs nobody else.
    private static func holdRankings(_ platform: Platform) async throws -> HeldLock {
        try await HeldLock("LOCK TABLE companies IN ACCESS EXCLUSIVE MODE", in: platform.pool.configuration.connection)
    }

    /// How many readings wait for that lock, each with a connection of its service.
    private static func waiting(_ platform: Platform) async throws -> Int {
        try await platform.pool.row(
            """
            SELECT count(*) AS count
            FROM pg_locks
            JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE pg_database.datname = current_database()
                AND pg_locks.relation = to_regclass('companies')
                AND NOT pg_locks.granted
            """
        ) { try $0["count"] as Int } ?? 0
    }

    /// Asks for one ranking after the other, each of another time.
    private static func loop(_ client: any TestClientProtocol, token: String? = nil, _ tally: Tally) async throws {
        while !Task.isCancelled, let number = tally.next() {
            let day = String(format: "%04d-%02d-%02d", 1_900 + number / 336 % 100, 1 + number / 28 % 12, 1 + number % 28)
            let answer = try await client.askOnce(.get, "/v1/rankings/box-office?by=company&from=\(day)", token: token)
            if !Task.isCancelled { tally.take(answer) }
        }
    }

    /// An order from its opening to its tickets. Nothing of it is asked again when it is refused.
    private static func buy(_ seatID: Int64, for buyer: String, _ stage: Platform.Stage, at platform: Platform) async throws {
        let wish = #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(seatID)]}"#
        let order = try await platform.client.askOnce(.post, "/v1/orders", token: buyer, json: wish)
        #expect(order.status == 201, "\(order.body)")
        let payment = try await platform.client.askOnce(
            .post, "/v1/orders/\(order["id"].text)/payments", token: buyer, json: #"{"method": "alipay_page"}"#)
        #expect(payment.status == 201, "\(payment.body)")
        let notice = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
        let signature = try Platform.keys.get().alipay.sign(AlipayCanonicalText.ofNotification(notice))
        let told = try await platform.client.askOnce(
            .post, "/v1/payments/alipay/notifications", form: AlipayForm.encode(notice + [("sign_type", "RSA2"), ("sign", signature)]))
        #expect(told.status == 200 && told.body == "success", "\(told.body)")
        let shown = try await platform.client.askOnce(.get, "/v1/orders/\(order["id"].text)", token: buyer)
        #expect(shown.status == 200 && shown["state"].text == "paid", "\(shown.body)")
    }

    @Test("24 loops take one connection of their service, whether their readings end or hang, and nobody is refused an order")
    func besideOrders() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let seats = try await platform.seats(stage.showtimeID).values
                .filter { $0["kind"].text == "standard" }.map { $0["id"].number }.sorted()
            var buyers: [String] = []
            for name in ["anna", "bert", "carl", "dora"] { buyers.append(try await platform.moviegoer(name)) }
            let (hanging, running) = (seats.prefix(seats.count / 2), seats.dropFirst(seats.count / 2))
            #expect(hanging.count >= 4 && running.count <= 12)
            let tally = Tally()
            let held = try await Self.holdRankings(platform)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<Self.loops { group.addTask { try await Self.loop(platform.client, tally) } }
                    try await until { tally.asked >= Self.loops }
                    _ = try await held.blocked()
                    for (index, seat) in hanging.enumerated() {
                        try await Self.buy(seat, for: buyers[index % buyers.count], stage, at: platform)
                        #expect(try await Self.waiting(platform) <= 1)
                    }
                    #expect(tally.served == 0)
                    await held.letGo()
                    for (index, seat) in running.enumerated() {
                        try await Self.buy(seat, for: buyers[index % buyers.count], stage, at: platform)
                    }
                    try await until { tally.served >= Self.loops }
                    tally.stop()
                    try await group.waitForAll()
                }
            } catch {
                await held.release()
                throw error
            }
            await held.release()
            #expect(tally.failures.isEmpty, "\(tally.failures)")
            let ranking = try await platform.client.ask(.get, "/v1/rankings/box-office?by=total")
            #expect(ranking["items"].items.map { $0["tickets"].number } == [Int64(seats.count)], "\(ranking.body)")
        }
    }

    @Test("Control: where readings take no turns, as at AdminService's, they take every connection that there is")
    func control() async throws {
        try await Platform.with(["DATABASE_MAXIMUM_CONNECTIONS": "3"]) { platform in
            let tally = Tally()
            let held = try await Self.holdRankings(platform)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<Self.loops {
                        group.addTask { try await Self.loop(platform.admin, token: platform.administrator, tally) }
                    }
                    try await until { try await Self.waiting(platform) == 3 }
                    await held.letGo()
                    tally.stop()
                    try await group.waitForAll()
                }
            } catch {
                await held.release()
                throw error
            }
            await held.release()
        }
    }
}

/// What the loops have asked for and been told.
private final class Tally: Sendable {
    private struct State {
        var asked = 0
        var served = 0
        var failures: [String] = []
        var isOver = false
    }

    private let state = Mutex(State())

    var asked: Int { state.withLock { $0.asked } }
    var served: Int { state.withLock { $0.served } }
    var failures: [String] { state.withLock { $0.failures } }

    /// The number of the next request; `nil` when no more are wanted.
    func next() -> Int? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.asked += 1
            return state.asked
        }
    }

    /// Those who wait for their turn too long are told to come again; anything else is a failure.
    func take(_ answer: Asked) {
        state.withLock { state in
            if answer.status == 200 { state.served += 1 }
            guard answer.status != 200, answer.status != 503 || answer.code != "busy" else { return }
            state.failures.append("\(answer.status) \(answer.body)")
        }
    }

    func stop() {
        state.withLock { $0.isOver = true }
    }
}
