import Foundation

/// How the money of orders is entered in the ledger.
extension LedgerEntry {
    /// A payment has paid its order: the ticket prices and the service fees belong to the merchant from now on. What others than the merchant pay
    /// of discounts, they owe.
    static func payment(_ payment: Payment, of order: Order, merchantID: Int64) -> LedgerEntry {
        LedgerEntry(
            .payment,
            orderID: order.id,
            paymentID: payment.id,
            lines: [
                LedgerLine(.gateway(payment.gateway), payment.amountFen),
                LedgerLine(.tickets(merchantID: merchantID), -order.lines.reduce(0) { $0 + $1.creditedFen }),
                LedgerLine(.serviceFees(merchantID: merchantID), -order.amount.serviceFeeFen),
            ] + order.lines.discountDebts.map { LedgerLine($0.account, $0.fen) }
        )
    }

    /// Money has come that no order wants.
    ///
    /// - Parameter amountFen: the amount that came, where it differs from the payment's.
    static func unallocatedPayment(_ payment: Payment, amountFen: Int64? = nil) -> LedgerEntry {
        let amountFen = amountFen ?? payment.amountFen
        return LedgerEntry(
            .payment,
            orderID: payment.orderID,
            paymentID: payment.id,
            lines: [LedgerLine(.gateway(payment.gateway), amountFen), LedgerLine(.unallocated, -amountFen)]
        )
    }

    /// Money that no order wants is promised back.
    static func unallocatedRefund(_ refund: Refund) -> LedgerEntry {
        LedgerEntry(
            .refundRequested,
            orderID: refund.orderID,
            paymentID: refund.paymentID,
            refundID: refund.id,
            lines: [LedgerLine(.unallocated, refund.amountFen)] + promise(of: refund)
        )
    }

    /// What is owed for a refund. What went back without us is owed no more. A refund of such money alone is owed for this moment, so that
    /// it too is settled by an entry: ``refundSettled(_:foreignFen:)``.
    private static func promise(of refund: Refund) -> [LedgerLine] {
        guard refund.sentFen > 0 else { return [LedgerLine(.refundsPayable, -refund.amountFen)] }
        return [LedgerLine(.refundsPayable, -refund.sentFen), LedgerLine(.foreignRefunds, -refund.foreignFen)]
    }

    /// What is owed for a refund had gone back without us.
    static func refundSettled(_ refund: Refund, foreignFen: Int64) -> LedgerEntry {
        LedgerEntry(
            .refundPaid,
            orderID: refund.orderID,
            paymentID: refund.paymentID,
            refundID: refund.id,
            lines: [LedgerLine(.refundsPayable, foreignFen), LedgerLine(.foreignRefunds, -foreignFen)]
        )
    }

    /// Money for tickets of an order is promised back. The fee that is kept of it belongs to the merchant. What others paid of discounts on these
    /// tickets, they owe no more.
    static func ticketRefund(_ refund: Refund, tickets: [TicketRefund], of order: Order, merchantID: Int64) -> LedgerEntry {
        let seatIDs = Set(tickets.map(\.seatID))
        let debts = order.lines.filter { seatIDs.contains($0.seatID) }.discountDebts
        return LedgerEntry(
            .refundRequested,
            orderID: refund.orderID,
            paymentID: refund.paymentID,
            refundID: refund.id,
            lines: [
                LedgerLine(.tickets(merchantID: merchantID), tickets.reduce(0) { $0 + $1.creditedFen }),
                LedgerLine(.serviceFees(merchantID: merchantID), tickets.reduce(0) { $0 + $1.serviceFeeFen }),
                LedgerLine(.refundFees(merchantID: merchantID), -refund.feeFen),
            ] + debts.map { LedgerLine($0.account, -$0.fen) } + promise(of: refund)
        )
    }

    /// A person has sent money back in the gateway's own console.
    static func foreignRefund(of payment: Payment, amountFen: Int64) -> LedgerEntry {
        LedgerEntry(
            .foreignRefund,
            orderID: payment.orderID,
            paymentID: payment.id,
            lines: [LedgerLine(.foreignRefunds, amountFen), LedgerLine(.gateway(payment.gateway), -amountFen)]
        )
    }

    /// The gateway has sent the money back.
    static func refundPaid(_ refund: Refund, by payment: Payment) -> LedgerEntry {
        LedgerEntry(
            .refundPaid,
            orderID: refund.orderID,
            paymentID: refund.paymentID,
            refundID: refund.id,
            lines: [LedgerLine(.refundsPayable, refund.sentFen), LedgerLine(.gateway(payment.gateway), -refund.sentFen)]
        )
    }
}

extension [Order.Line] {
    /// What others than the merchant pay of the discounts on these tickets, by the account that stands for it.
    fileprivate var discountDebts: [(account: LedgerAccount, fen: Int64)] {
        var fen: [LedgerAccount: Int64] = [:]
        for discount in flatMap(\.discounts) {
            guard let account = discount.account else { continue }
            fen[account, default: 0] += discount.amountFen
        }
        return fen.sorted { $0.key.rawValue < $1.key.rawValue }.map { (account: $0.key, fen: $0.value) }
    }
}

extension OrderDiscount {
    /// The account of whoever pays it; `nil` for the merchant, which simply gets less.
    fileprivate var account: LedgerAccount? {
        switch payer {
        case .merchant: nil
        case .platform: .platformDiscounts
        case .distributor(let companyID): .distributorDiscounts(companyID: companyID)
        }
    }
}
