package import Callers
package import Database
package import FoundationEssentials

/// Reads payments and notices, for those who look into what went wrong.
package struct PaymentRecords: Sendable {
    private let store = PaymentStore()
    private let recordStore = PaymentRecordStore()

    package init() {}

    /// Newest first.
    package func payments(
        orderID: UUID?, state: PaymentState?, outTradeNo: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Payment> {
        try await recordStore.payments(orderID: orderID, state: state, outTradeNo: outTradeNo, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func payment(_ id: Int64, in session: some PostgresSession) async throws -> Payment {
        guard let payment = try await store.payment(id: id, in: session) else { throw Refusal.notFound }
        return payment
    }

    /// - Throws: ``Refusal/notFound``.
    package func notification(_ id: Int64, in session: some PostgresSession) async throws -> PaymentNotification {
        guard let notification = try await recordStore.notification(id, in: session) else { throw Refusal.notFound }
        return notification
    }

    /// Newest first.
    package func notifications(
        outcome: NotificationOutcome?, outTradeNo: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<PaymentNotification> {
        try await recordStore.notifications(outcome: outcome, outTradeNo: outTradeNo, page: page, in: session)
    }
}
