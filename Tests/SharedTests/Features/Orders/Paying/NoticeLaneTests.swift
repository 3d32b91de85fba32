import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Notices in lanes")
struct NoticeLaneTests {
    @Test("A batch with one notice that the database refuses is tried again one by one; the others are paid once")
    func failingNotice() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 6)
            let process = try BookingProcess(database)
            let facts = try await process.waitingOrders(6, in: world, database)
            // A ticket that nobody should have stands in the way of the third order's.
            try await database.execute(
                """
                INSERT INTO tickets (order_id, showtime_id, seat_id, price_fen, service_fee_fen, issued_at)
                SELECT orders.id, orders.showtime_id, \(world.seatIDs[2]), 1, 0, now()
                FROM orders
                JOIN payments ON payments.order_id = orders.id
                WHERE payments.out_trade_no = \(facts[0].outTradeNo.rawValue)
                """)
            let held = HeldWork(NoticeBatchWork(payments: process.payments))
            let lane = Lane(held, database.configuration.connection)
            let results = try await lane.results(ofOneBatch: facts, held)
            #expect(held.batches == [1, 6, 1, 1, 1, 1, 1, 1])
            for (index, result) in results.enumerated() {
                guard index == 2 else {
                    #expect(try result.get() == .handled(.paid))
                    continue
                }
                let error = #expect(throws: PostgresError.self) { try result.get() }
                #expect(error?.constraintName == "tickets_showtime_seat_key")
            }
            #expect(try await count("SELECT count(*) FROM orders WHERE state = 'paid'", in: database) == 5)
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: database) == 5)
            #expect(try await count("SELECT count(*) FROM ledger_entries", in: database) == 5)
            await lane.close()
        }
    }

    @Test(
        "A connection that is cut at the COMMIT of a batch pays each order once and records each notice once, whether it was committed or not",
        arguments: [CuttingProxy.Cut.beforeCommit, .afterCommit])
    func cutAtCommit(cut: CuttingProxy.Cut) async throws {
        try await TestDatabase.with(.current) { database in
            let pool = database.pool
            let world = try await BookingWorld(in: pool, buyers: 5)
            let process = try BookingProcess(pool)
            let facts = try await process.waitingOrders(5, in: world, pool)
            let port = try #require(URLComponents(string: database.url)?.port)
            try await CuttingProxy.with(cut, serverPort: port) { proxyPort in
                let cutOff = PostgresConnectionConfiguration(url: database.url.replacing(":\(port)/", with: ":\(proxyPort)/"))
                let held = HeldWork(NoticeBatchWork(payments: process.payments))
                let lane = Lane(held, cutOff, pool.configuration.connection)
                for result in try await lane.results(ofOneBatch: facts, held) {
                    #expect(try result.get() == .handled(.paid))
                }
                #expect(held.batches == [1, 5, 5])
                #expect(held.repetitions == 1)
                await lane.close()
            }
            #expect(try await count("SELECT count(*) FROM orders WHERE state = 'paid' AND version = 2", in: pool) == 5)
            #expect(try await count("SELECT count(*) FROM payment_notifications WHERE outcome = 'paid'", in: pool) == 5)
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: pool) == 5)
            #expect(try await count("SELECT count(*) FROM tickets", in: pool) == 5)
            try await expectInvariants(in: pool)
        }
    }

    @Test("A connection that is lost between two batches costs nothing")
    func lostBetween() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let facts = try await process.waitingOrders(2, in: world, database)
            #expect(try await process.arrivals.handle(facts[0]) == .paid)
            try await database.execute(
                """
                SELECT pg_terminate_backend(pid, 5000)
                FROM pg_stat_activity
                WHERE datname = current_database()
                    AND pid <> pg_backend_pid()
                """)
            #expect(try await process.arrivals.handle(facts[1]) == .paid)
            try await expectInvariants(in: database)
        }
    }

    @Test("A showtime that somebody keeps locked holds up no notice about another one")
    func heldShowtime() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 2, buyers: 2)
            let process = try BookingProcess(database)
            let facts = try await process.waitingOrders(2, in: world, database)
            let isHeld = Gate()
            let letGo = Gate()
            async let holder: Void = database.withTransaction { transaction in
                try await transaction.execute("SELECT id FROM showtimes WHERE id = \(world.showtimeIDs[0]) FOR UPDATE")
                isHeld.open()
                await letGo.wait()
            }
            await isHeld.wait()
            let held = HeldWork(NoticeBatchWork(payments: process.payments))
            let lane = Lane(held, database.configuration.connection)
            let results = try await lane.results(ofOneBatch: facts, held)
            #expect(try results.map { try $0.get() } == [.held, .handled(.paid)])
            async let first = process.arrivals.handle(facts[0])
            #expect(try await count("SELECT count(*) FROM orders WHERE state = 'paid'", in: database) == 1)
            letGo.open()
            try await holder
            #expect(try await first == .paid)
            await lane.close()
        }
    }

    @Test("Of the notices about a showtime that somebody keeps locked four wait for it, the others are told again; all others are taken in")
    func manyHeld() async throws {
        try await TestDatabase.with(connections: 6) { database in
            let pool = database.pool
            let world = try await BookingWorld(in: pool, showtimes: 2, buyers: 18)
            let process = try BookingProcess(pool, lockPatience: .milliseconds(200))
            let facts = try await process.waitingOrders(18, in: world, pool)
            // They are of the two showtimes in turn.
            let held = stride(from: 0, to: 18, by: 2).map { facts[$0] }
            let lock = try await HeldLock(showtimeID: world.showtimeIDs[0], in: pool.configuration.connection)
            var (refused, outcomes): (Int, [PaymentFactOutcome?]) = (0, [])
            try await withThrowingTaskGroup(of: PaymentFactOutcome?.self) { group in
                for fact in held {
                    group.addTask {
                        do {
                            return try await process.arrivals.handle(fact)
                        } catch let refusal as Refusal where refusal == .busy {
                            return nil
                        }
                    }
                }
                while refused < held.count - 4, let outcome = try await group.next() {
                    #expect(outcome == nil)
                    refused += 1
                }
                #expect(try await process.arrivals.handle(facts[1]) == .paid)
                await lock.release()
                for try await outcome in group { outcomes.append(outcome) }
            }
            #expect(refused == 5)
            #expect(outcomes == [.paid, .paid, .paid, .paid])
            var again: [PaymentFactOutcome] = []
            for fact in held { again.append(try await askingAgain { try await process.arrivals.handle(fact) }) }
            #expect(again.count { $0 == .paid } == 5)
            #expect(again.count { $0 == .alreadySettled } == 4)
            try await expectInvariants(in: pool)
        }
    }

    /// Every notice twice, through two processes, while half of the orders lapse, are cancelled, swept and booked over.
    @Test("Notices in batches beside bookings, cancellations and expiries leave whole orders, balanced books and no deadlock")
    func race() async throws {
        try await withTestDatabase(connections: 12) { database in
            let world = try await BookingWorld(in: database, showtimes: 4, rows: 4, columns: 10, buyers: 80)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let facts = try await processes[0].waitingOrders(60, in: world, database)
            try await database.execute(
                """
                UPDATE orders
                SET expires_at = now() - INTERVAL '1 second'
                WHERE id IN (SELECT id FROM orders ORDER BY id LIMIT 25)
                """)
            let orders = try await database.rows("SELECT id, account_id FROM orders ORDER BY id DESC LIMIT 10") {
                (id: try $0["id"] as UUID, accountID: try $0["account_id"] as Int64)
            }
            let outcomes = try await withThrowingTaskGroup(of: PaymentFactOutcome?.self) { group in
                for (index, fact) in (facts + facts.reversed()).enumerated() {
                    group.addTask { try await askingAgain { try await processes[index % 2].arrivals.handle(fact) } }
                    guard index % 6 == 0 else { continue }
                    let rival = world.buyers[60 + index / 6]
                    let order = orders[index / 12]
                    group.addTask {
                        try await ignoringRefusals {
                            _ = try await processes[1].open(
                                [world.seatIDs[index / 4]], of: world.showtimeIDs[index % 4], by: rival)
                        }
                        try await processes[0].sweeper.sweep()
                        try await ignoringRefusals {
                            try await database.withTransaction {
                                try await processes[0].orders.cancel(order.id, by: order.accountID, in: $0)
                            }
                        }
                        return nil
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            #expect(outcomes.count { $0 == .alreadySettled } == 60)
            #expect(outcomes.count { [.paid, .latePaid, .lateRefunding].contains($0) } == 60)
            #expect(try await count("SELECT count(*) FROM payments WHERE state = 'succeeded'", in: database) == 60)
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: database) == 120)
            #expect(
                try await count(
                    "SELECT deadlocks AS count FROM pg_stat_database WHERE datname = current_database()", in: database) == 0)
            try await expectInvariants(in: database)
        }
    }
}
