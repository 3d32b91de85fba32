package import Database
import Foundation

/// What the gateway says about a payment, carried through to the order: the only way that an order becomes paid.
///
/// Everything happens in one transaction with the record of the notice, so that a notice that was acknowledged is never forgotten.
package struct OrderSettlement: PaymentSettlement {
    private let database: PostgresPool
    private let payments: Payments
    private let locks = OrderLockStore()
    private let orders = OrderChangeStore()
    private let revivals = OrderRevivalStore()
    private let tickets = TicketStore()

    package init(database: PostgresPool, payments: Payments) {
        self.database = database
        self.payments = payments
    }

    package func settle(_ fact: PaymentFact) async throws -> SettlementOutcome {
        try await database.withTransaction { transaction in
            let outcome = try await settle(fact, in: transaction)
            try await payments.record(fact, outcome: outcome, in: transaction)
            return outcome
        }
    }

    package func settle(refunded refund: Refund) async throws {
        try await database.withTransaction { transaction in
            guard
                let locked = try await locks.lock(refund.orderID, scope: .all, in: transaction),
                try await payments.markRefunded(refund, in: transaction) != nil,
                locked.order.state == .refunding,
                try await payments.refunds(orderID: refund.orderID, in: transaction).allSatisfy({ $0.state == .succeeded })
            else { return }
            try await orders.apply(.refundCompleted, to: locked.order, actorAccountID: nil, at: locked.now, in: transaction)
        }
    }

    private func settle(_ fact: PaymentFact, in transaction: PostgresTransaction) async throws -> SettlementOutcome {
        guard
            let unlocked = try await payments.payment(outTradeNo: fact.outTradeNo, in: transaction),
            let locked = try await locks.lock(unlocked.orderID, scope: .all, in: transaction),
            let (payment, judgement) = try await payments.judge(fact, in: transaction)
        else { return .unknownTrade }
        switch judgement {
        case .paid:
            guard try await payments.markSucceeded(payment, by: fact, in: transaction) != nil else { return .alreadySettled }
            return try await settle(payment, of: locked.order, at: locked.now, in: transaction)
        case .closed:
            try await payments.markClosed(payment, in: transaction)
            return .closed
        case .alreadySettled: return .alreadySettled
        case .amountMismatch: return .amountMismatch
        case .tradeBoundElsewhere: return .tradeBoundElsewhere
        case .refundNoticed: return .refundNoticed
        case .notYet: return .notYet
        }
    }

    private func settle(
        _ payment: Payment,
        of order: Order,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws -> SettlementOutcome {
        let revival = order.state == .expired ? try await revivals.facts(order, at: now, in: transaction) : nil
        switch OrderSettling(order.state, canRevive: revival?.allow(seats: order.lines.count) ?? false) {
        case .confirm:
            try await confirm(order, by: .paymentConfirmed, at: now, in: transaction)
            return .paid
        case .acceptLate:
            for query in OrderStore.ending(orderIDs: revival?.lapsedRivals ?? [], by: .lapsed, actorAccountID: nil, at: now) {
                try await transaction.execute(query)
            }
            try await orders.claim(order, in: transaction)
            try await confirm(order, by: .latePaymentAccepted, at: now, in: transaction)
            return .latePaid
        case .returnLate:
            try await orders.apply(.latePaymentReturned, to: order, actorAccountID: nil, at: now, in: transaction)
            try await giveBack(payment, because: .latePayment, in: transaction)
            return .lateRefunding
        case .returnDuplicate:
            try await giveBack(payment, because: .duplicatePayment, in: transaction)
            return .duplicateRefunding
        }
    }

    private func confirm(
        _ order: Order,
        by change: OrderChange,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await orders.markPaid(order, by: change, code: CollectionCode(), at: now, in: transaction)
        let feeFen = order.amount.serviceFeeFen / Int64(order.lines.count)
        try await tickets.issue(
            order.lines.map { NewTicket(seatID: $0.seatID, priceFen: $0.priceFen, serviceFeeFen: feeFen) },
            orderID: order.id,
            showtimeID: order.showtimeID,
            at: now,
            in: transaction
        )
        try await transaction.execute(OrderStore.raiseSeatRevision(showtimeIDs: [order.showtimeID]))
        // Other pages that were opened for it must not take money any more.
        try await transaction.execute(PaymentClosingStore.request(orderIDs: [order.id]))
    }

    private func giveBack(_ payment: Payment, because reason: RefundReason, in transaction: PostgresTransaction) async throws {
        _ = try await payments.requestRefund(of: payment, amountFen: payment.amountFen, reason: reason.rawValue, in: transaction)
    }
}

extension SettlementOutcome {
    /// Whether the gateway shall be told that we are done with the notice.
    ///
    /// What contradicts our books is recorded and not acknowledged: the gateway tells it again, and a person looks.
    package var isAcknowledged: Bool {
        switch self {
        case .paid, .alreadySettled, .latePaid, .lateRefunding, .duplicateRefunding, .refundNoticed, .closed, .notYet: true
        case .amountMismatch, .unknownTrade, .tradeBoundElsewhere, .applicationUnknown, .sellerUnknown: false
        }
    }
}
