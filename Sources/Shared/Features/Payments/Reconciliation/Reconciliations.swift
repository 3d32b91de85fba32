package import Callers
package import Database
import Foundation
package import Text

/// Compares our books with the gateways' bills, day by day.
///
/// A request for a day writes a message to the outbox; ``Reconciling`` fetches the bill and compares.
package struct Reconciliations: Sendable {
    /// The kind of messages in the outbox.
    package static let kind = "reconciliation"

    private let gateways: [any PaymentGateway]
    private let outbox: Outbox
    private let store = ReconciliationStore()
    private let differenceStore = DifferenceStore()

    package init(gateways: [any PaymentGateway], outbox: Outbox) {
        self.gateways = gateways
        self.outbox = outbox
    }

    /// The names of the configured gateways.
    package var gatewayNames: [String] { gateways.map(\.name) }

    /// Requests the comparison of a day, even when it was compared before. While a request is open, no second one is made.
    ///
    /// - Throws: ``Refusal/gatewayUnknown``, ``Refusal/dayInFuture``.
    package func request(gateway name: String, day: CalendarDay, in transaction: PostgresTransaction) async throws -> Reconciliation {
        guard gateways.contains(where: { $0.name == name }) else { throw Refusal.gatewayUnknown }
        guard try await transaction.now() >= day.startInBeijing else { throw Refusal.dayInFuture }
        if let id = try await store.request(gateway: name, day: day, in: transaction) {
            try await outbox.add(Self.kind, ReconciliationErrand(reconciliationID: id), in: transaction)
        }
        guard let reconciliation = try await store.reconciliation(gateway: name, day: day, in: transaction) else { throw Refusal.notFound }
        return reconciliation
    }

    /// Requests, at every gateway that sends bills, the days of the last week that should have been compared by now and weren't. Days
    /// before the gateway's first payment are left out.
    package func requestDue(in pool: PostgresPool) async throws {
        let days = ReconciliationConfiguration.days(asOf: try await pool.now())
        for gateway in gateways where gateway.sendsBills {
            guard let first = try await store.firstPayment(gateway: gateway.name, in: pool) else { continue }
            for day in days where day.endInBeijing > first {
                guard try await store.isDue(gateway: gateway.name, day: day, dayEnd: day.endInBeijing, in: pool) else { continue }
                try await requestUnlessDone(gateway: gateway.name, day: day, in: pool)
            }
        }
    }

    private func requestUnlessDone(gateway: String, day: CalendarDay, in pool: PostgresPool) async throws {
        try await pool.withTransaction { transaction in
            let id = try await store.requestUnlessDone(gateway: gateway, day: day, dayEnd: day.endInBeijing, in: transaction)
            guard let id else { return }
            try await outbox.add(Self.kind, ReconciliationErrand(reconciliationID: id), in: transaction)
        }
    }

    /// Newest first.
    package func reconciliations(
        gateway: String?, state: ReconciliationState?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Reconciliation> {
        try await store.reconciliations(gateway: gateway, state: state, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func reconciliation(_ id: Int64, in session: some PostgresSession) async throws -> Reconciliation {
        guard let reconciliation = try await store.reconciliation(id, in: session) else { throw Refusal.notFound }
        return reconciliation
    }

    /// The differences of a comparison, in a stable order.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func differences(
        of id: Int64, kind: DifferenceKind?, isResolved: Bool?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<ReconciliationDifference> {
        _ = try await reconciliation(id, in: session)
        return try await differenceStore.differences(of: id, kind: kind, isResolved: isResolved, page: page, in: session)
    }

    /// Records that a person has looked into a difference, and its cause.
    ///
    /// - Parameter note: 1 to 500 characters.
    /// - Throws: ``Refusal/notFound``, ``Refusal/alreadyResolved``.
    package func resolve(
        _ differenceID: Int64, of id: Int64, note: String, by accountID: Int64, in transaction: PostgresTransaction
    ) async throws -> ReconciliationDifference {
        if let resolved = try await differenceStore.resolve(differenceID, of: id, note: note, by: accountID, in: transaction) {
            return resolved
        }
        guard try await differenceStore.difference(differenceID, of: id, in: transaction) != nil else { throw Refusal.notFound }
        throw Refusal.alreadyResolved
    }

    /// The gateway of this name.
    func gateway(named name: String) -> (any PaymentGateway)? {
        gateways.first { $0.name == name }
    }
}

/// The outbox message for comparing a day.
struct ReconciliationErrand: Codable, Sendable {
    let reconciliationID: Int64
}

extension Refusal {
    /// There is no such gateway here.
    package static let gatewayUnknown = Refusal(.invalid(pointer: "/gateway"), "gateway_unknown")

    /// The day has not begun.
    package static let dayInFuture = Refusal(.invalid(pointer: "/day"), "day_in_future")

    /// The difference is resolved already.
    package static let alreadyResolved = Refusal(.conflict, "already_resolved")
}
