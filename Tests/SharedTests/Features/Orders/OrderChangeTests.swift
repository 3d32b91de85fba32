import Testing

@testable import Shared

@Suite("The life of an order")
struct OrderChangeTests {
    /// domain.md's diagram, written down a second time.
    static let allowed: [OrderState: [OrderChange: OrderState]] = [
        .pendingPayment: [
            .paymentClaimed: .paidUnconfirmed, .paymentConfirmed: .paid, .cancelledByBuyer: .cancelled,
            .voided: .cancelled, .showtimeCancelled: .cancelled, .lapsed: .expired,
        ],
        .paidUnconfirmed: [
            .paymentConfirmed: .paid, .cancelledByBuyer: .cancelled, .voided: .cancelled, .showtimeCancelled: .cancelled,
            .lapsed: .expired,
        ],
        .paid: [
            .collected: .collected, .showtimeCancelled: .refunding,
            .refundedByBuyer: .refunding, .refundedByCinema: .refunding, .refundedByPlatform: .refunding,
            .ticketsRefundedByBuyer: .paid, .ticketsRefundedByCinema: .paid, .ticketsRefundedByPlatform: .paid,
            .reseated: .paid, .reprinted: .paid, .entered: .paid, .entryUndone: .paid,
        ],
        .collected: [
            .showtimeCancelled: .refunding, .reprinted: .collected, .entered: .collected, .entryUndone: .collected,
        ],
        .cancelled: [.latePaymentReturned: .refunding],
        .expired: [.latePaymentAccepted: .paid, .latePaymentReturned: .refunding],
        .refunding: [.refundCompleted: .refunded],
    ]

    /// What tells of money and leaves the order where it is.
    static let alwaysAllowed: Set<OrderChange> = [.refundPaid, .wrongAmountReturned, .refundedAtGateway, .attentionDecided]

    @Test("Each change leads from the states of the diagram, and from no other", arguments: OrderState.allCases)
    func transitions(from state: OrderState) {
        for change in OrderChange.allCases {
            let expected = Self.alwaysAllowed.contains(change) ? state : Self.allowed[state]?[change]
            #expect(change.next(after: state) == expected, "\(change) after \(state)")
        }
    }

    @Test("Ending many unpaid orders leads to the same states as the change of a single one", arguments: OrderEnding.allCases)
    func endings(ending: OrderEnding) {
        #expect(ending.change.next(after: .pendingPayment) == ending.state)
        #expect(ending.change.next(after: .paidUnconfirmed) == ending.state)
    }

    @Test("Every state can be reached from an order that waits for payment")
    func reachability() {
        var reached: Set<OrderState> = [.pendingPayment]
        var frontier = reached
        while !frontier.isEmpty {
            frontier = Set(frontier.flatMap { state in OrderChange.allCases.compactMap { $0.next(after: state) } }).subtracting(reached)
            reached.formUnion(frontier)
        }
        #expect(reached == Set(OrderState.allCases))
    }

    @Test(
        "Money finds an order in some state: what it means",
        arguments: [
            (.pendingPayment, false, .confirm), (.paidUnconfirmed, false, .confirm),
            (.expired, true, .acceptLate), (.expired, false, .returnLate),
            (.cancelled, true, .returnLate), (.cancelled, false, .returnLate),
            (.paid, true, .returnDuplicate), (.collected, false, .returnDuplicate),
            (.refunding, false, .returnDuplicate), (.refunded, false, .returnDuplicate),
        ] as [(OrderState, Bool, PaymentArrival)]
    )
    func settling(state: OrderState, canRevive: Bool, expected: PaymentArrival) {
        #expect(PaymentArrival(state, canRevive: canRevive) == expected)
    }
}
