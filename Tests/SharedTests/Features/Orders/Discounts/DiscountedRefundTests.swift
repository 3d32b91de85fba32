import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

/// A paid order with shares of discounts, as it should be: what each account's lines about it come to.
private struct PaidOrder {
    struct Ticket {
        let id: Int64
        let priceFen: Int64
        let shares: [OrderDiscount]
        var isLive = true

        func fen(_ isCounted: (OrderDiscount.Payer) -> Bool) -> Int64 {
            shares.filter { isCounted($0.payer) }.reduce(0) { $0 + $1.amountFen }
        }

        var paidFen: Int64 { priceFen - fen { _ in true } }
        var creditedFen: Int64 { paidFen + fen { $0 != .merchant } }
    }

    let id: UUID
    var tickets: [Ticket]
    var refunds: [Refund] = []
    private(set) var accounts: [LedgerAccount: Int64] = [:]
    private let merchantID: Int64

    init(id: UUID, tickets: [Ticket], merchantID: Int64) {
        self.id = id
        self.tickets = tickets
        self.merchantID = merchantID
        for ticket in tickets {
            add(.gateway("alipay"), ticket.paidFen + BookingWorld.serviceFeeFen)
            add(.serviceFees(merchantID: merchantID), -BookingWorld.serviceFeeFen)
            credit(ticket, 1)
        }
    }

    var paidFen: Int64 { tickets.reduce(0) { $0 + $1.paidFen + BookingWorld.serviceFeeFen } }
    var live: [Ticket] { tickets.filter(\.isLive) }

    /// Takes tickets back.
    ///
    /// - Returns: what goes back of them, and what is kept.
    mutating func giveBack(_ ids: [Int64], feePercent: Int64, returnsServiceFee: Bool) -> (amountFen: Int64, feeFen: Int64) {
        var (amountFen, feeFen): (Int64, Int64) = (0, 0)
        for place in tickets.indices where ids.contains(tickets[place].id) {
            let ticket = tickets[place]
            tickets[place].isLive = false
            let kept = ticket.paidFen * feePercent / 100
            feeFen += kept
            amountFen += ticket.paidFen - kept + (returnsServiceFee ? BookingWorld.serviceFeeFen : 0)
            if returnsServiceFee { add(.serviceFees(merchantID: merchantID), BookingWorld.serviceFeeFen) }
            credit(ticket, -1)
        }
        add(.refundFees(merchantID: merchantID), -feeFen)
        add(.refundsPayable, -amountFen)
        return (amountFen, feeFen)
    }

    mutating func send(_ refund: Refund) {
        add(.refundsPayable, refund.amountFen)
        add(.gateway("alipay"), -refund.amountFen)
    }

    private mutating func credit(_ ticket: Ticket, _ sign: Int64) {
        add(.tickets(merchantID: merchantID), -sign * ticket.creditedFen)
        for share in ticket.shares {
            switch share.payer {
            case .merchant: continue
            case .platform: add(.platformDiscounts, sign * share.amountFen)
            case .distributor(let companyID): add(.distributorDiscounts(companyID: companyID), sign * share.amountFen)
            }
        }
    }

    private mutating func add(_ account: LedgerAccount, _ fen: Int64) {
        accounts[account, default: 0] += fen
    }
}

@Suite("Tickets with discounts go back, compared with a model")
struct DiscountedRefundTests {
    @Test(
        "Whoever paid whatever, after each step each account is where it should be, and in the end at 0",
        arguments: 1...4 as ClosedRange<UInt64>)
    func model(seed: UInt64) async throws {
        try await withTestDatabase { database in
            var random = SplitMix(state: seed)
            // Each buyer may hold some of the seats.
            let world = try await BookingWorld(in: database, buyers: 8)
            let process = try BookingProcess(database)
            let companies = try await distributors(in: database)
            let staff = world.buyers[0].accountID
            try await setPolicy(of: world, by: staff, in: database)
            var seats = world.seatIDs[...]
            var orders: [PaidOrder] = []
            for buyer in world.buyers {
                let chosen = Array(seats.prefix(Int.random(in: 1...4, using: &random)))
                seats = seats.dropFirst(chosen.count)
                let shares = chosen.map { _ in randomShares(companies, using: &random) }
                let id = try await process.open(chosen, of: world.showtimeIDs[0], by: buyer)
                try await takeOff(shares, of: id, in: database)
                #expect(try await process.pay(id, by: buyer, in: database) == .paid)
                let tickets = try await process.orders.tickets(orderID: id, scope: .all).tickets
                let paid = chosen.enumerated().compactMap { place, seatID in
                    tickets.first { $0.seat.id == seatID }.map {
                        PaidOrder.Ticket(id: $0.id, priceFen: BookingWorld.priceFen, shares: shares[place])
                    }
                }
                orders.append(PaidOrder(id: id, tickets: paid, merchantID: world.merchantID))
                try await compare(orders[orders.count - 1], in: database)
            }
            while let place = orders.indices.filter({ !orders[$0].live.isEmpty || !orders[$0].refunds.isEmpty })
                .randomElement(using: &random)
            {
                if let refund = orders[place].refunds.randomElement(using: &random),
                    orders[place].live.isEmpty || Bool.random(using: &random)
                {
                    try await process.arrivals.handle(refunded: refund)
                    orders[place].send(refund)
                    orders[place].refunds.removeAll { $0.id == refund.id }
                } else if !orders[place].live.isEmpty {
                    let ids = orders[place].live.map(\.id).shuffled(using: &random)
                        .prefix(Int.random(in: 1...orders[place].live.count, using: &random))
                    // The cinema gives back all; the buyer pays a fifth and the fees, so its order doesn't come to 0.
                    let isBuyer = seed.isMultiple(of: 2) && Bool.random(using: &random)
                    let refund = try await process.refund(orders[place].id, Array(ids), by: isBuyer ? .buyer : .cinema, staff, in: database)
                        .refund
                    let expected = orders[place].giveBack(Array(ids), feePercent: isBuyer ? 20 : 0, returnsServiceFee: !isBuyer)
                    #expect(refund.amountFen == expected.amountFen && refund.feeFen == expected.feeFen)
                    // Where nothing goes back, nobody is asked for it.
                    #expect((refund.state == .succeeded) == (refund.amountFen == 0))
                    if refund.state == .requested { orders[place].refunds.append(refund) }
                }
                try await compare(orders[place], in: database)
            }
            try await expectInvariants(in: database)
            for order in orders {
                let backFen = try await process.payments.refunds(orderID: order.id, in: database).reduce(0) { $0 + $1.amountFen }
                #expect(backFen <= order.paidFen)
                #expect(try await process.orders.order(order.id, scope: .all).state == .refunded)
                guard !seed.isMultiple(of: 2) else { continue }
                #expect(try await DiscountedOrderTests.accounts(of: order.id, in: database).values.allSatisfy { $0 == 0 })
            }
        }
    }

    private func compare(_ order: PaidOrder, in database: PostgresPool) async throws {
        let found = try await DiscountedOrderTests.accounts(of: order.id, in: database)
        #expect(found.filter { $0.value != 0 } == order.accounts.filter { $0.value != 0 })
    }

    private func setPolicy(of world: BookingWorld, by accountID: Int64, in database: PostgresPool) async throws {
        let cinemaID = try #require(try await database.row("SELECT id FROM cinemas", { try $0["id"] as Int64 }))
        _ = try await database.withTransaction {
            try await Places().replaceRefundPolicy(
                ofCinema: cinemaID, scope: .merchant(world.merchantID), version: nil,
                with: NewRefundPolicy(steps: [.init(minutesBeforeStart: 60, feePercent: 20)], refundsServiceFee: false), by: accountID,
                in: $0)
        }
    }

    /// Random shares of one ticket: of some stages, and no more than its price; often all of it.
    private func randomShares(_ companies: [Int64], using random: inout SplitMix) -> [OrderDiscount] {
        var left = BookingWorld.priceFen
        let payers: [OrderDiscount.Payer] = [.merchant, .platform] + companies.map { .distributor(companyID: $0) }
        return PriceStage.allCases.compactMap { stage in
            guard left > 0, Bool.random(using: &random), let payer = payers.randomElement(using: &random) else { return nil }
            let amountFen = Int.random(in: 0...4, using: &random) == 0 ? left : Int64.random(in: 1...left, using: &random)
            left -= amountFen
            return OrderDiscount(stage: stage, amountFen: amountFen, payer: payer)
        }
    }
}
