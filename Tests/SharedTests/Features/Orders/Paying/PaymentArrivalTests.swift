import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Money arrives for an order")
struct PaymentArrivalTests {

    @Test("A payment in time makes it paid: tickets, a code, sold seats and one story")
    func paid() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open(Array(world.seatIDs.prefix(2)), of: world.showtimeIDs[0], by: world.buyers[0])
            #expect(try await process.pay(id, by: world.buyers[0], in: database) == .paid)

            let paid = try await process.orders.tickets(orderID: id, scope: .buyer(world.buyers[0].accountID))
            #expect(paid.order.state == .paid)
            #expect(paid.collectionCode.count == 8)
            #expect(paid.tickets.map(\.state) == [.valid, .valid])
            #expect(paid.tickets.map(\.priceFen).reduce(0, +) == paid.order.amount.ticketAmountFen)
            #expect(paid.tickets.map(\.serviceFeeFen).reduce(0, +) == paid.order.amount.serviceFeeFen)
            let story = try await process.orders.events(orderID: id, scope: .all)
            #expect(story.map(\.cause) == ["opened", "payment_confirmed"])
            try await expectInvariants(in: database)
        }
    }

    @Test("The same word again changes nothing, one word in parallel twenty times pays once")
    func repeated() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let id = try await processes[0].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            let payment = try #require(try await processes[0].startPayment(id, by: world.buyers[0], in: database))
            let results = try await withThrowingTaskGroup(of: PaymentFactOutcome.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let fact = processes[0].fact(about: payment)
                        return try await askingAgain { try await processes[index % 2].arrivals.handle(fact) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == .paid } == 1)
            #expect(results.count { $0 == .alreadySettled } == 19)
            #expect(try await count("SELECT count(*) FROM tickets", in: database) == 1)
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: database) == 20)
        }
    }

    @Test("A payment that finds its order still unpaid wins, though its time is over")
    func pastItsTime() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            let payment = try #require(try await process.startPayment(id, by: world.buyers[0], in: database))
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 hour'")
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .paid)
        }
    }

    @Test("A payment after expiry takes the seats again when they are free")
    func lateAccepted() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (id, payment) = try await Self.expired(in: world, process, database)
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .latePaid)
            #expect(try await process.orders.order(id, scope: .all).state == .paid)
            try await expectInvariants(in: database)
        }
    }

    @Test("A payment after expiry goes back when somebody else has a seat; the other one keeps it")
    func lateReturned() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let (id, payment) = try await Self.expired(in: world, process, database)
            let rival = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[1])
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .lateRefunding)
            #expect(try await process.orders.order(id, scope: .all).state == .refunding)
            #expect(try await process.orders.order(rival, scope: .all).state == .pendingPayment)
            #expect(try await count("SELECT count(*) FROM refunds WHERE reason = 'late_payment'", in: database) == 1)
            #expect(try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_refund'", in: database) == 1)
            try await expectInvariants(in: database)
        }
    }

    @Test("A payment after expiry takes its seats over from an order that has lapsed in its turn")
    func lateTakesOverLapsed() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let (_, payment) = try await Self.expired(in: world, process, database)
            let rival = try await process.open(Array(world.seatIDs.prefix(2)), of: world.showtimeIDs[0], by: world.buyers[1])
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(rival)")
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .latePaid)
            #expect(try await process.orders.order(rival, scope: .all).state == .expired)
            try await expectInvariants(in: database)
        }
    }

    @Test("A payment after expiry goes back when its buyer has reached the seat limit otherwise")
    func lateOverLimit() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, seatLimit: 2)
            let process = try BookingProcess(database)
            let (_, payment) = try await Self.expired(in: world, process, database)
            _ = try await process.open(Array(world.seatIDs[2...3]), of: world.showtimeIDs[0], by: world.buyers[0])
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .lateRefunding)
        }
    }

    @Test("A payment after expiry goes back when the showtime has been moved: another time was never bought")
    func lateForAnotherTime() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (_, payment) = try await Self.expired(in: world, process, database)
            try await database.execute("UPDATE showtimes SET starts_at = starts_at + INTERVAL '5 minutes', version = version + 1")
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .lateRefunding)
            try await expectInvariants(in: database)
        }
    }

    @Test("A payment for a cancelled order goes back")
    func cancelled() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            let payment = try #require(try await process.startPayment(id, by: buyer, in: database))
            try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
            #expect(try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_closing'", in: database) == 1)
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .lateRefunding)
            try await expectInvariants(in: database)
        }
    }

    @Test("A second payment of an order goes back, the first one's tickets stay")
    func duplicate() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            let first = try #require(try await process.startPayment(id, by: buyer, in: database))
            let second = try #require(try await process.startPayment(id, by: buyer, in: database))
            #expect(try await process.arrivals.handle(process.fact(about: first)) == .paid)
            #expect(try await process.arrivals.handle(process.fact(about: second)) == .duplicateRefunding)
            #expect(try await process.orders.order(id, scope: .all).state == .paid)
            #expect(try await count("SELECT count(*) FROM refunds WHERE reason = 'duplicate_payment'", in: database) == 1)
            try await expectInvariants(in: database)
        }
    }

    @Test("Another amount, an unknown trade and a trade number that belongs elsewhere change nothing and are recorded")
    func mismatches() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            let first = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            let second = try await process.open([world.seatIDs[1]], of: world.showtimeIDs[0], by: buyer)
            let payment = try #require(try await process.startPayment(first, by: buyer, in: database))
            let other = try #require(try await process.startPayment(second, by: buyer, in: database))
            for amount in [payment.amountFen - 1, payment.amountFen + 1, 0] {
                #expect(try await process.arrivals.handle(process.fact(about: payment, amountFen: amount)) == .amountMismatch)
            }
            #expect(try await process.arrivals.handle(process.fact(about: payment, tradeNo: "X")) == .paid)
            #expect(try await process.arrivals.handle(process.fact(about: other, tradeNo: "X")) == .tradeBoundElsewhere)
            #expect(try await process.arrivals.handle(process.fact(about: payment, tradeNo: "Y")) == .tradeBoundElsewhere)
            #expect(try await process.orders.order(second, scope: .all).state == .pendingPayment)
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: database) == 6)
            #expect(try await count("SELECT count(*) FROM refunds", in: database) == 0)
        }
    }

    @Test("One number of the gateway's for many payments at once pays one order; the others are recorded as contradictions")
    func tradeNumberRace() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 6, buyers: 6)
            let process = try BookingProcess(database)
            var facts: [PaymentFact] = []
            for (showtimeID, buyer) in zip(world.showtimeIDs, world.buyers) {
                let id = try await process.open([world.seatIDs[0]], of: showtimeID, by: buyer)
                let payment = try #require(try await process.startPayment(id, by: buyer, in: database))
                facts.append(process.fact(about: payment, tradeNo: "ONE"))
            }
            let results = try await withThrowingTaskGroup(of: PaymentFactOutcome.self) { group in
                for fact in facts { group.addTask { try await askingAgain { try await process.arrivals.handle(fact) } } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == .paid } == 1)
            #expect(results.count { $0 == .tradeBoundElsewhere } == 5)
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: database) == 6)
            try await expectInvariants(in: database)
        }
    }

    /// One of the two must win cleanly, whichever comes first.
    @Test("A payment, an expiry and a rival at the same moment leave one whole order or another")
    func paymentAndExpiryAtOnce() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 12, buyers: 24)
            let processes = [try BookingProcess(database), try BookingProcess(database, limits: OrderConfiguration())]
            for (index, showtimeID) in world.showtimeIDs.enumerated() {
                let buyer = world.buyers[index]
                let rival = world.buyers[index + 12]
                let id = try await processes[0].open([world.seatIDs[0]], of: showtimeID, by: buyer)
                let payment = try #require(try await processes[0].startPayment(id, by: buyer, in: database))
                try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
                async let paid = processes[0].arrivals.handle(processes[0].fact(about: payment))
                async let swept = processes[1].sweeper.sweep()
                async let taken = outcomes([rival]) { try await processes[1].open([world.seatIDs[0]], of: showtimeID, by: $0) }
                let outcome = try await paid
                _ = try await swept
                let rivalGotIt = await taken.opened == 1
                #expect([.paid, .latePaid, .lateRefunding].contains(outcome))
                #expect((outcome == .lateRefunding) == rivalGotIt)
            }
            try await expectInvariants(in: database)
        }
    }

    /// An order that expired with a payment under way.
    private static func expired(
        in world: BookingWorld,
        _ process: BookingProcess,
        _ database: PostgresPool
    ) async throws -> (UUID, Payment) {
        let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
        let payment = try #require(try await process.startPayment(id, by: world.buyers[0], in: database))
        try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
        try await process.sweeper.sweep()
        #expect(try await process.orders.order(id, scope: .all).state == .expired)
        return (id, payment)
    }
}
