package import Database
import Foundation

/// Fetches a gateway's bill and compares it with our books.
///
/// Two runs, even in two processes at a time, come to the same result: a bill's naming of a row is recorded for ever, the differences have
/// a key, and only the first run that locks the row writes the result.
package struct Reconciling: OutboxHandler {
    package let kind = Reconciliations.kind

    /// The bill of a large day takes long to download and to compare.
    package let timeLimit: Duration? = .seconds(300)

    /// The highest number of attempts to fetch a bill, which take about a day.
    private static let mostAttempts = 150
    /// How many rows one statement takes.
    private static let batch = 1_000

    private let reconciliations: Reconciliations
    private let rules: ReconciliationConfiguration
    private let pool: PostgresPool
    private let store = ReconciliationStore()
    private let differenceStore = DifferenceStore()
    private let bookStore = BookStore()

    package init(reconciliations: Reconciliations, rules: ReconciliationConfiguration, pool: PostgresPool) {
        self.reconciliations = reconciliations
        self.rules = rules
        self.pool = pool
    }

    package func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
        let errand = try message.decode(ReconciliationErrand.self)
        guard
            let reconciliation = try await store.reconciliation(errand.reconciliationID, in: pool),
            let gateway = reconciliations.gateway(named: reconciliation.gateway)
        else { return .givenUp(reason: "reconciliation_unknown") }
        guard reconciliation.state == .requested else { return .done }
        let asked = try await pool.now()
        do {
            guard let bill = try await gateway.bill(of: reconciliation.day) else {
                try await store.fail(reconciliation.id, failure: "no_bill", in: pool)
                return .done
            }
            try await finish(reconciliation, try await comparison(of: bill, for: reconciliation, asked: asked))
            return .done
        } catch GatewayFailure.refused(let code) {
            // The daily job requests the day again, and a person can.
            try await store.fail(reconciliation.id, failure: "refused: \(code.prefix(64))", in: pool)
            return .done
        } catch let failure as GatewayFailure where message.attempts >= Self.mostAttempts {
            try await store.fail(reconciliation.id, failure: GatewayPatience.reason(of: failure), in: pool)
            return .done
        } catch let failure as GatewayFailure {
            return GatewayPatience.delivery(after: failure, attempts: message.attempts)
        }
    }

    /// Compares the bill with our books. They are read after the bill came, so that they are never behind it, and outside of a transaction.
    private func comparison(of bill: [BillLine], for reconciliation: Reconciliation, asked: Date) async throws -> BillComparison {
        let window = rules.window(of: reconciliation.day, asked: asked)
        var books: [BookLine] = []
        for lines in bill.batches(of: Self.batch) {
            books += try await bookStore.lines(namedBy: lines, gateway: reconciliation.gateway, in: pool)
        }
        for kind in BillLine.Kind.allCases {
            var part: [BookLine] = []
            repeat {
                part = try await bookStore.succeeded(
                    kind, gateway: reconciliation.gateway, day: reconciliation.day, in: window, after: part.last, limit: Self.batch,
                    session: pool
                )
                books += part
            } while part.count == Self.batch
        }
        return BillComparison(day: reconciliation.day, bill: bill, books: books, window: window)
    }

    private func finish(_ reconciliation: Reconciliation, _ comparison: BillComparison) async throws {
        // In batches, so that nobody who writes a payment waits for the whole day.
        for named in comparison.named.batches(of: Self.batch) {
            try await pool.withTransaction { transaction in
                try await bookStore.mark(named, day: reconciliation.day, in: transaction)
                try await differenceStore.resolveMissing(named, by: reconciliation.day, in: transaction)
            }
        }
        for dropped in comparison.dropped.batches(of: Self.batch) {
            try await pool.withTransaction { try await bookStore.unmark(dropped, day: reconciliation.day, in: $0) }
        }
        try await pool.withTransaction { transaction in
            guard try await store.isRequested(reconciliation.id, lockedIn: transaction) else { return }
            for differences in comparison.differences.batches(of: Self.batch) {
                try await differenceStore.upsert(differences, of: reconciliation.id, in: transaction)
            }
            try await differenceStore.resolveVanished(of: reconciliation.id, in: transaction)
            try await store.finish(reconciliation.id, comparison, in: transaction)
        }
    }
}

extension Array {
    /// The elements in slices of at most so many.
    fileprivate func batches(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
