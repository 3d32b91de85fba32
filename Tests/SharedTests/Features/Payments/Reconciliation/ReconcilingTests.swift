import Callers
import Database
import Foundation
import Logging
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Comparing a day with a gateway's bill")
struct ReconcilingTests {
    /// Our books on a database of their own, and a gateway whose bill is at first what they say.
    private struct Books: Sendable {
        let fixture: PaymentFixture
        let reconciliations: Reconciliations
        let day: CalendarDay
        let noon: Date

        var pool: PostgresPool { fixture.pool }

        /// - Parameter day: yesterday unless given, which is over.
        static func open(_ body: (Books) async throws -> Void) async throws {
            try await PaymentFixture.run { fixture in
                let day = CalendarDay(inBeijingAt: Date()).adding(days: -1)
                let reconciliations = Reconciliations(gateways: [fixture.gateway, SilentGateway()], outbox: Outbox())
                try await body(
                    Books(
                        fixture: fixture, reconciliations: reconciliations, day: day, noon: day.startInBeijing.addingTimeInterval(43_200)
                    )
                )
            }
        }

        var handler: Reconciling { Reconciling(reconciliations: reconciliations, rules: ReconciliationConfiguration(), pool: pool) }

        func bill(_ lines: [BillLine]?) {
            fixture.gateway.script { $0.bill = .success(lines) }
        }

        /// A payment that succeeded.
        func paid(_ tradeNo: String, at: Date? = nil) async throws -> Payment {
            let payment = try await fixture.start()
            try await pool.execute(
                """
                UPDATE payments
                SET state = 'succeeded', trade_no = \(tradeNo), succeeded_at = \(at ?? noon)
                WHERE id = \(payment.id)
                """
            )
            return try #require(try await fixture.payment(payment))
        }

        func refunded(_ payment: Payment, fen: Int64, at: Date?) async throws -> Refund {
            let refund = try await pool.withTransaction { transaction in
                try await fixture.payments.requestRefund(NewRefund(amountFen: fen, reason: "test"), of: payment, in: transaction)
            }
            if let at {
                try await pool.execute("UPDATE refunds SET state = 'succeeded', succeeded_at = \(at) WHERE id = \(refund.id)")
            }
            return refund
        }

        func line(_ payment: Payment, fen: Int64? = nil, tradeNo: String? = nil) -> BillLine {
            BillLine(
                kind: .payment, outTradeNo: payment.outTradeNo, tradeNo: tradeNo ?? payment.tradeNo ?? "G", requestNumber: nil,
                amountFen: fen ?? payment.amountFen, at: noon
            )
        }

        func line(_ refund: Refund, of payment: Payment) -> BillLine {
            BillLine(
                kind: .refund, outTradeNo: payment.outTradeNo, tradeNo: payment.tradeNo ?? "G", requestNumber: refund.requestNumber,
                amountFen: refund.amountFen, at: noon
            )
        }

        func request(_ day: CalendarDay? = nil) async throws -> Reconciliation {
            try await pool.withTransaction { transaction in
                try await reconciliations.request(gateway: "test", day: day ?? self.day, in: transaction)
            }
        }

        func message(of reconciliation: Reconciliation) throws -> OutboxMessage {
            let payload = try JSONEncoder().encode(ReconciliationErrand(reconciliationID: reconciliation.id))
            return OutboxMessage(id: 1, kind: Reconciliations.kind, payload: Array(payload), attempts: 1)
        }

        /// Asks for a day and compares it at once.
        @discardableResult
        func reconcile(_ day: CalendarDay? = nil) async throws -> Reconciliation {
            let requested = try await request(day)
            let delivery = try await handler.deliver(try message(of: requested))
            #expect(delivery == .done)
            return try await reconciliations.reconciliation(requested.id, in: pool)
        }

        /// What was found and is not resolved, as words.
        func open(_ reconciliation: Reconciliation) async throws -> [String] {
            try await reconciliations.differences(
                of: reconciliation.id, kind: nil, isResolved: false, page: PageRequest(limit: 100), in: pool
            ).items.map { "\($0.difference.kind.rawValue) \($0.difference.line.rawValue)" }.sorted()
        }

        func billDays() async throws -> [String?] {
            try await pool.rows("SELECT bill_day FROM payments ORDER BY id") { row in
                let day: CalendarDay? = try row["bill_day"]
                return day?.description
            }
        }
    }

    /// Takes money and sends no bills.
    private struct SilentGateway: PaymentGateway {
        let name = "silent"
        let channel = PaymentChannel.online
        let sendsBills = false
        let methods: [PaymentMethod] = []
        let acknowledgement: NoticeAcknowledgement? = nil

        func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction { throw GatewayFailure.refused(code: "none") }
        func notice(from posted: PostedNotice) throws -> PaymentFact { throw NoticeRefusal.signatureMissing }

        func claimedTrade(in posted: PostedNotice) -> TradeNumber? { nil }
        func query(_ outTradeNo: TradeNumber) async throws -> TradeReport { .neverOpened }
        func close(_ outTradeNo: TradeNumber) async throws -> TradeClosing { .neverOpened }
        func refund(_ refund: RefundRequest) async throws -> RefundReport { .undecided }
        func queryRefund(_ refund: RefundRequest) async throws -> RefundReport { .undecided }
        func bill(of day: CalendarDay) async throws -> [BillLine]? { nil }
    }

    @Test("A day that agrees is done without differences, with the sums of both sides")
    func agreement() async throws {
        try await Books.open { books in
            let (one, two) = (try await books.paid("G1"), try await books.paid("G2"))
            let refund = try await books.refunded(two, fen: 300, at: books.noon)
            books.bill([books.line(one), books.line(two), books.line(refund, of: two)])
            let done = try await books.reconcile()
            #expect(done.state == .done && done.differences == 0 && done.unresolved == 0)
            #expect(done.ours == MoneyMoved(payments: 2, paymentsFen: 17_600, refunds: 1, refundsFen: 300))
            #expect(done.ours == done.gateways)
            let days = try await books.billDays()
            #expect(days == [books.day.description, books.day.description])
        }
    }

    @Test("Planted differences of every kind are all found, and once, however often the day is compared")
    func planted() async throws {
        try await Books.open { books in
            let good = try await books.paid("G1")
            let cheaper = try await books.paid("G2")
            _ = try await books.paid("G3")
            let waiting = try await books.fixture.start()
            let twice = try await books.paid("G5")
            let pending = try await books.refunded(good, fen: 100, at: nil)
            _ = try await books.refunded(good, fen: 200, at: books.noon)
            let stranger = BillLine(
                kind: .payment, outTradeNo: .make(at: books.noon), tradeNo: "G9", requestNumber: nil, amountFen: 1, at: books.noon)
            let strangeRefund = BillLine(
                kind: .refund, outTradeNo: good.outTradeNo, tradeNo: "G1", requestNumber: .make(at: books.noon), amountFen: 2,
                at: books.noon)
            let bill = [
                books.line(good), books.line(cheaper, fen: 8_799), books.line(waiting), books.line(twice), books.line(twice), stranger,
                strangeRefund, books.line(pending, of: good),
            ]
            books.bill(bill)
            let expected = [
                "amount_differs payment", "missing_at_gateway payment", "missing_at_gateway refund", "missing_here payment",
                "missing_here refund", "repeated_line payment", "unexpected_state payment", "unexpected_state refund",
            ]
            let first = try await books.reconcile()
            #expect(first.differences == 8)
            #expect(try await books.open(first) == expected)
            books.bill(bill.reversed())
            let second = try await books.reconcile()
            #expect(second.id == first.id && second.differences == 8)
            #expect(try await books.open(second) == expected)
            let rows: Int? = try await books.pool.row("SELECT count(*) AS count FROM reconciliation_differences") { try $0["count"] }
            #expect(rows == 8)
        }
    }

    @Test("A second bill of the day without a line shows that it is missing, a third with it that it is not")
    func billMadeAnew() async throws {
        try await Books.open { books in
            let payment = try await books.paid("G1")
            books.bill([books.line(payment)])
            let agreed = try await books.reconcile()
            #expect(agreed.differences == 0)
            books.bill([])
            let missing = try await books.reconcile()
            #expect(try await books.open(missing) == ["missing_at_gateway payment"])
            #expect(try await books.billDays() == [nil])
            books.bill([books.line(payment)])
            let again = try await books.reconcile()
            #expect(again.differences == 0 && again.unresolved == 0)
        }
    }

    @Test("Around midnight a payment may stand in either day's bill; one that stood in none is found by the next day")
    func midnight() async throws {
        try await Books.open { books in
            let before = books.day.adding(days: -1)
            let late = try await books.paid("G1", at: books.day.startInBeijing.addingTimeInterval(-20))
            let early = try await books.paid("G2", at: books.day.startInBeijing.addingTimeInterval(20))
            let lost = try await books.paid("G3", at: books.day.startInBeijing.addingTimeInterval(-10))
            // The gateway's clock has it the other way round.
            books.bill([books.line(early)])
            let first = try await books.reconcile(before)
            #expect(first.differences == 0)
            books.bill([books.line(late)])
            let second = try await books.reconcile()
            #expect(try await books.open(second) == ["missing_at_gateway payment"])
            #expect(try await books.billDays() == [books.day.description, before.description, nil])
            // Compared once more, the day before names it after all: the difference is none.
            books.bill([books.line(early), books.line(lost)])
            let third = try await books.reconcile(before)
            #expect(third.differences == 0)
            let resolved = try await books.reconciliations.differences(
                of: second.id, kind: .missingAtGateway, isResolved: true, page: PageRequest(), in: books.pool
            ).items
            #expect(resolved.count == 1)
            #expect(resolved.first?.resolvedByAccountID == nil)
            #expect(resolved.first?.note == "named by the bill of \(before)")
            // And a bill that names what another one has named is wrong.
            books.bill([books.line(late), books.line(early)])
            let fourth = try await books.reconcile()
            #expect(try await books.open(fourth) == ["repeated_line payment"])
        }
    }

    @Test("After a crash between the marks and the result the same is found")
    func crash() async throws {
        try await Books.open { books in
            let (one, two) = (try await books.paid("G1"), try await books.paid("G2"))
            let requested = try await books.request()
            let comparison = BillComparison(
                day: books.day, bill: [books.line(one)],
                books: try await BookStore().lines(namedBy: [books.line(one)], gateway: "test", in: books.pool),
                window: ReconciliationConfiguration().window(of: books.day, asked: Date())
            )
            try await books.pool.withTransaction { try await BookStore().mark(comparison.named[...], day: books.day, in: $0) }
            books.bill([books.line(one, fen: 1), books.line(two), books.line(two)])
            let delivery = try await books.handler.deliver(try books.message(of: requested))
            #expect(delivery == .done)
            #expect(try await books.open(requested) == ["amount_differs payment", "repeated_line payment"])
        }
    }

    @Test("Several processes at once find each difference once, and the day is compared once")
    func sideBySide() async throws {
        try await Books.open { books in
            let count = 40
            var lines: [BillLine] = []
            for number in 0..<count {
                let payment = try await books.paid("G\(number)")
                lines.append(books.line(payment, fen: number % 4 == 0 ? 1 : nil))
            }
            books.bill(lines)
            let requested = try await books.request()
            let repeated = try await books.request()
            #expect(requested == repeated)
            let id = requested.id
            try await running([worker(books), worker(books), worker(books)]) {
                try await books.reconciliations.reconciliation(id, in: books.pool).state == .done
            }
            #expect(books.fixture.gateway.bills == 1)
            // Even when the same message is delivered at the same time.
            try await books.pool.execute("UPDATE reconciliations SET state = 'requested', finished_at = NULL")
            let message = try books.message(of: requested)
            try await withThrowingTaskGroup(of: OutboxDelivery.self) { group in
                for _ in 0..<4 { group.addTask { try await books.handler.deliver(message) } }
                for try await delivery in group { #expect(delivery == .done) }
            }
            let found = try await books.open(requested)
            #expect(found == Array(repeating: "amount_differs payment", count: count / 4))
        }
    }

    private func worker(_ books: Books) -> @Sendable () async throws -> Void {
        let worker = OutboxWorker(
            pool: books.pool, handlers: [books.handler], pace: OutboxConfiguration(pollInterval: .milliseconds(20)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return { try await worker.run() }
    }

    @Test("More lines than go into one statement are compared like few")
    func batches() async throws {
        try await Books.open { books in
            let order = books.fixture.orderID
            try await books.pool.execute(
                """
                INSERT INTO payments (order_id, gateway, method, out_trade_no, amount_fen, state, trade_no, expires_at, succeeded_at)
                SELECT \(order)::uuid, 'test', 'test_page', 'P' || n, 100, 'succeeded', 'G' || n, now(), \(books.noon)::timestamptz
                FROM generate_series(1, 2500) AS n
                """
            )
            let lines = (1...2500).filter { $0 % 500 != 0 }.compactMap { number in
                TradeNumber(rawValue: "P\(number)").map {
                    BillLine(kind: .payment, outTradeNo: $0, tradeNo: "G\(number)", requestNumber: nil, amountFen: 100, at: books.noon)
                }
            }
            books.bill(lines)
            let done = try await books.reconcile()
            #expect(done.ours?.payments == 2_500 && done.gateways?.payments == 2_495)
            #expect(try await books.open(done) == Array(repeating: "missing_at_gateway payment", count: 5))
            books.bill([])
            let none = try await books.reconcile()
            #expect(none.differences == 2_500)
        }
    }

    @Test("A gateway that is away is asked again; one that refuses or sends no bills fails the day, which can be asked for again")
    func failures() async throws {
        try await Books.open { books in
            books.fixture.gateway.script { $0.bill = .failure(.unreachable(reason: "x")) }
            let requested = try await books.request()
            let message = try books.message(of: requested)
            guard case .again = try await books.handler.deliver(message) else {
                Issue.record("It must be asked again.")
                return
            }
            books.fixture.gateway.script { $0.bill = .failure(.refused(code: "isv.no-permission")) }
            let failed = try await books.reconcile()
            #expect(failed.state == .failed && failed.failure == "refused: isv.no-permission")
            books.bill(nil)
            let silent = try await books.reconcile()
            #expect(silent.state == .failed && silent.failure == "no_bill")
            books.bill([])
            let done = try await books.reconcile()
            #expect(done.id == requested.id && done.state == .done && done.failure == nil)
        }
    }

    @Test("Only days that have begun, at gateways that there are, can be asked for")
    func refusals() async throws {
        try await Books.open { books in
            let tomorrow = CalendarDay(inBeijingAt: Date()).adding(days: 1)
            await #expect(throws: Refusal.dayInFuture) { try await books.request(tomorrow) }
            await #expect(throws: Refusal.gatewayUnknown) {
                try await books.pool.withTransaction { transaction in
                    _ = try await books.reconciliations.request(gateway: "nobody", day: books.day, in: transaction)
                }
            }
        }
    }

    @Test("The daily job asks for the week's days that lack, once, and not for days before the first payment or without bills")
    func daily() async throws {
        try await Books.open { books in
            books.bill([])
            try await books.reconciliations.requestDue(in: books.pool)
            let none = try await asked(books)
            #expect(none.isEmpty)
            _ = try await books.fixture.start()
            try await books.pool.execute("UPDATE payments SET created_at = clock_timestamp() - INTERVAL '30 days'")
            try await books.pool.execute(
                """
                INSERT INTO payments (order_id, gateway, method, out_trade_no, amount_fen, created_at, expires_at)
                VALUES (\(books.fixture.orderID), 'silent', 'cash', 'S1', 1, now() - INTERVAL '30 days', now())
                """
            )
            let now = try await books.pool.now()
            let days = ReconciliationConfiguration.days(asOf: now).map { "test \($0)" }
            async let first: Void = books.reconciliations.requestDue(in: books.pool)
            async let second: Void = books.reconciliations.requestDue(in: books.pool)
            _ = try await (first, second)
            try await books.reconciliations.requestDue(in: books.pool)
            #expect(try await asked(books) == days)
            let messages: Int? = try await books.pool.row("SELECT count(*) AS count FROM outbox WHERE kind = 'reconciliation'") {
                try $0["count"]
            }
            #expect(messages == 7)
            // One that was asked for before the day was over is asked for again, one that failed after a while.
            try await books.pool.execute("UPDATE reconciliations SET state = 'failed', failure = 'x', finished_at = clock_timestamp()")
            try await books.pool.execute(
                "UPDATE reconciliations SET requested_at = clock_timestamp() - INTERVAL '9 days' WHERE id = (SELECT min(id) FROM reconciliations)"
            )
            try await books.pool.execute(
                """
                UPDATE reconciliations SET finished_at = clock_timestamp() - INTERVAL '2 hours'
                WHERE id = (SELECT max(id) FROM reconciliations)
                """
            )
            try await books.reconciliations.requestDue(in: books.pool)
            let open = try await books.pool.rows("SELECT id FROM reconciliations WHERE state = 'requested'") { try $0["id"] as Int64 }
            #expect(open.count == 2)
        }
    }

    private func asked(_ books: Books) async throws -> [String] {
        try await books.pool.rows("SELECT gateway, day FROM reconciliations ORDER BY gateway, day") { row in
            let (gateway, day): (String, CalendarDay) = (try row["gateway"], try row["day"])
            return "\(gateway) \(day)"
        }
    }

    @Test("A difference that a person has resolved stays resolved; one that isn't found again is resolved by itself")
    func resolving() async throws {
        try await Books.open { books in
            let (one, two) = (try await books.paid("G1"), try await books.fixture.start())
            books.bill([books.line(one, fen: 1), books.line(two)])
            let found = try await books.reconcile()
            #expect(found.unresolved == 2)
            let difference = try #require(
                try await books.reconciliations.differences(
                    of: found.id, kind: .amountDiffers, isResolved: nil, page: PageRequest(), in: books.pool
                ).items.first)
            let account: Int64 = try #require(
                try await books.pool.row(
                    "INSERT INTO accounts (realm, username, password_hash, permission) VALUES ('admin', 'root', 'x', 15) RETURNING id"
                ) { try $0["id"] })
            let resolved = try await books.pool.withTransaction { transaction in
                try await books.reconciliations.resolve(difference.id, of: found.id, note: "a discount", by: account, in: transaction)
            }
            #expect(resolved.note == "a discount" && resolved.resolvedByAccountID == account)
            await #expect(throws: Refusal.alreadyResolved) {
                try await books.pool.withTransaction { transaction in
                    _ = try await books.reconciliations.resolve(difference.id, of: found.id, note: "y", by: account, in: transaction)
                }
            }
            await #expect(throws: Refusal.notFound) {
                try await books.pool.withTransaction { transaction in
                    _ = try await books.reconciliations.resolve(difference.id, of: found.id + 1, note: "y", by: account, in: transaction)
                }
            }
            try await books.pool.execute(
                "UPDATE payments SET state = 'succeeded', trade_no = 'G', succeeded_at = \(books.noon) WHERE id = \(two.id)")
            let again = try await books.reconcile()
            #expect(again.differences == 1 && again.unresolved == 0)
            let unresolved = try await DifferenceStore().unresolved(in: books.pool)
            #expect(unresolved == 0)
        }
    }
}
