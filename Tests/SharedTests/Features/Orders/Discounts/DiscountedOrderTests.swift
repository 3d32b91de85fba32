import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Orders of which something is taken off")
struct DiscountedOrderTests {
    @Test("Buyers pay less, the merchant is credited what others pay, and they owe it until the ticket goes back")
    func books() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let company = try await distributors(in: database)[0]
            let buyer = world.buyers[0]
            let id = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: buyer)
            let first = [
                OrderDiscount(stage: .member, amountFen: 500, payer: .merchant),
                OrderDiscount(stage: .ticket, amountFen: 700, payer: .distributor(companyID: company)),
                OrderDiscount(stage: .points, amountFen: 100, payer: .platform),
            ]
            try await takeOff([first, [OrderDiscount(stage: .points, amountFen: 50, payer: .platform)]], of: id, in: database)
            let order = try await process.orders.order(id, scope: .all)
            #expect(order.lines.map(\.discounts) == [first, [OrderDiscount(stage: .points, amountFen: 50, payer: .platform)]])
            #expect(order.lines.map(\.priceFen) == [4500, 4500] && order.lines.map(\.paidFen) == [3200, 4450])
            #expect(order.amount.ticketAmountFen == 9000 && order.amount.payableFen == 9000 + 600 - 1350)
            try await process.pay(id, by: buyer, in: database)
            let tickets = try await process.orders.tickets(orderID: id, scope: .all).tickets
            #expect(tickets.map(\.priceFen) == [3200, 4450] && tickets.map(\.baseFen) == [4500, 4500])
            #expect(tickets.map(\.creditedFen) == [4000, 4500])
            let merchant = LedgerAccount.tickets(merchantID: world.merchantID)
            var accounts = try await accounts(of: id, in: database)
            #expect(accounts[merchant] == -8500 && accounts[.platformDiscounts] == 150)
            #expect(accounts[.distributorDiscounts(companyID: company)] == 700)
            let figures = try await database.row("SELECT box_office_fen FROM showtime_figures") { try $0["box_office_fen"] as Int64 }
            #expect(figures == 8500)
            try await expectInvariants(in: database)
            let refund = try await process.refund(id, [tickets[0].id], buyer.accountID, in: database)
            #expect(refund.refund.amountFen == 3200 + 300)
            accounts = try await self.accounts(of: id, in: database)
            #expect(accounts[merchant] == -4500 && accounts[.platformDiscounts] == 50)
            #expect(accounts[.distributorDiscounts(companyID: company)] == 0)
            try await process.arrivals.handle(refunded: refund.refund)
            try await expectInvariants(in: database)
            #expect(try await verified(in: database))
        }
    }

    @Test("A ticket keeps its discount when it gets another seat, which must have the same list price")
    func reseating() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            let id = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: buyer)
            let share = OrderDiscount(stage: .ticket, amountFen: 1000, payer: .platform)
            try await takeOff([[], [share]], of: id, in: database)
            try await process.pay(id, by: buyer, in: database)
            let ticket = try #require(try await process.orders.tickets(orderID: id, scope: .all).tickets.last)
            _ = try await database.withTransaction {
                try await process.corrections.reseat(
                    ticket.id, to: world.seatIDs[9], version: nil, actor: OrderActor(buyer.accountID, note: "why"), scope: .everybody,
                    in: $0)
            }
            let order = try await process.orders.order(id, scope: .all)
            #expect(order.lines.map(\.seatID) == [world.seatIDs[0], world.seatIDs[9]])
            #expect(order.lines.map(\.discounts) == [[], [share]])
            let refund = try await process.refund(id, [ticket.id], buyer.accountID, in: database)
            #expect(refund.refund.amountFen == 3800)
            #expect(try await accounts(of: id, in: database)[.platformDiscounts] == 0)
            try await expectInvariants(in: database)
        }
    }

    @Test(
        "The database refuses shares that don't fit",
        arguments: [
            "discount_fen = 100, payable_fen = payable_fen - 100",
            "seat_discounts_fen = '{100,0}', seat_others_fen = '{0,0}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{100,0}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{100}', seat_others_fen = '{0}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{100,0}', seat_others_fen = '{0}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{99,0}', seat_others_fen = '{0,0}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{100,0}', seat_others_fen = '{0,1}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{101,-1}', seat_others_fen = '{0,-1}'",
            "discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{100,NULL}', seat_others_fen = '{0,NULL}'",
            "discount_fen = 4501, payable_fen = payable_fen - 4501, seat_discounts_fen = '{4501,0}', seat_others_fen = '{0,0}'",
        ]
    )
    func constraints(change: String) async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            _ = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: world.buyers[0])
            let error = await #expect(throws: PostgresError.self) {
                try await database.execute("UPDATE orders SET \(unsafeSQL: change)")
            }
            #expect(error?.constraintName == "orders_seat_shares_check")
            // Control.
            try await database.execute(
                """
                UPDATE orders
                SET discount_fen = 100, payable_fen = payable_fen - 100, seat_discounts_fen = '{60,40}', seat_others_fen = '{60,0}'
                """)
        }
    }

    @Test("Shares are only ever added, each with its payer, and a stage takes something off a ticket once")
    func shares() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            try await takeOff([[OrderDiscount(stage: .order, amountFen: 1, payer: .platform)]], of: id, in: database)
            func add(_ values: String) async throws {
                try await database.execute(
                    """
                    INSERT INTO order_discounts (order_id, place, seat_id, stage, amount_fen, payer, company_id, coupon_id, template_id, template_version)
                    VALUES (\(id), 1, \(world.seatIDs[0]), \(unsafeSQL: values))
                    """)
            }
            for bad in [
                "'order', 1, 'platform', NULL, NULL, NULL, NULL", "'ticket', 0, 'platform', NULL, NULL, NULL, NULL",
                "'ticket', 1, 'distributor', NULL, NULL, NULL, NULL", "'ticket', 1, 'nobody', NULL, NULL, NULL, NULL",
                "'base', 1, 'platform', NULL, NULL, NULL, NULL", "'ticket', 1, 'platform', NULL, 1, NULL, NULL",
                "'ticket', 1, 'platform', NULL, NULL, 1, NULL",
            ] {
                await #expect(throws: PostgresError.self, "\(bad)") { try await add(bad) }
            }
            for change in ["UPDATE order_discounts SET amount_fen = 2", "DELETE FROM order_discounts"] as [Query] {
                await #expect(throws: PostgresError.self) { try await database.execute(change) }
            }
            try await add("'ticket', 1, 'platform', NULL, NULL, NULL, NULL")
        }
    }

    private func accounts(of orderID: UUID, in database: PostgresPool) async throws -> [LedgerAccount: Int64] {
        try await Self.accounts(of: orderID, in: database)
    }

    /// What each account's lines about an order come to.
    static func accounts(of orderID: UUID, in database: PostgresPool) async throws -> [LedgerAccount: Int64] {
        let rows = try await database.rows(
            "SELECT account, sum(amount_fen)::bigint AS fen FROM ledger_lines WHERE order_id = \(orderID) GROUP BY account"
        ) { (LedgerAccount(rawValue: try $0["account"]), try $0["fen"] as Int64) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Whether `AdminService verify-figures` would find nothing.
    private func verified(in database: PostgresPool) async throws -> Bool {
        var isRight = true
        try await FigureVerification().run(in: database) { _ in isRight = false }
        return isRight
    }
}
