import Callers
import Foundation
import Testing

@testable import Shared

@Suite("Giving tickets back, the rules")
struct RefundDecisionTests {
    static let startsAt = Date(timeIntervalSince1970: 1_790_000_000)
    static let policy = RefundPolicy(
        id: 1,
        version: 1,
        steps: [
            .init(minutesBeforeStart: 1440, feePercent: 0), .init(minutesBeforeStart: 120, feePercent: 10),
            .init(minutesBeforeStart: 30, feePercent: 30),
        ],
        refundsServiceFee: false
    )
    /// As the first migration with policies has it.
    static let platform = RefundPolicy(
        id: 1, version: 0, steps: [.init(minutesBeforeStart: 30, feePercent: 0)], refundsServiceFee: true)
    let tickets = [TicketFixtures.ticket(1), TicketFixtures.ticket(2), TicketFixtures.ticket(3, priceFen: 4599)]

    private func facts(
        _ tickets: [Ticket]? = nil,
        state: OrderState = .paid,
        policy: RefundPolicy = policy,
        minutesLeft: Double = 2000
    ) -> RefundDecision.Facts {
        RefundDecision.Facts(
            state: state, tickets: tickets ?? self.tickets, policy: policy, startsAt: Self.startsAt,
            now: Self.startsAt.addingTimeInterval(-minutesLeft * 60)
        )
    }

    @Test(
        "The fee follows the step that holds, to the second, and after the last one it is too late",
        arguments: [
            (2000, 0), (1440, 0), (1439.99, 10), (120, 10), (119.99, 30), (30, 30), (29.99, nil), (0, nil), (-10, nil),
        ] as [(Double, Int?)]
    )
    func steps(minutesLeft: Double, percent: Int?) throws {
        guard let percent else {
            #expect(throws: Refusal.refundWindowClosed(since: Self.startsAt.addingTimeInterval(-1800))) {
                try RefundDecision(ticketIDs: nil, by: .buyer, facts(minutesLeft: minutesLeft))
            }
            return
        }
        let decision = try RefundDecision(ticketIDs: [3], by: .buyer, facts(minutesLeft: minutesLeft))
        // 4599 × 10 % is 459.9: the fraction is the buyer's.
        #expect(decision.feeFen == [0: 0, 10: 459, 30: 1379][percent])
        #expect(decision.amountFen == 4599 - decision.feeFen)
        #expect(!decision.isWhole)
    }

    @Test("What was paid goes back, and the fee is of that; the list price counts for nothing")
    func discounted() throws {
        let cheaper = TicketFixtures.ticket(4, priceFen: 2999, discountFen: 1501, othersFen: 1000)
        let decision = try RefundDecision(ticketIDs: nil, by: .buyer, facts([cheaper], minutesLeft: 120))
        #expect(decision.feeFen == 299 && decision.amountFen == 2700)
        #expect(decision.tickets[0].creditedFen == 3999)
        let free = TicketFixtures.ticket(5, priceFen: 0, discountFen: 4500, othersFen: 4500)
        let nothing = try RefundDecision(ticketIDs: nil, by: .buyer, facts([free], minutesLeft: 30))
        #expect(nothing.feeFen == 0 && nothing.amountFen == 0 && nothing.isWhole)
        #expect(RefundDecision(restOf: [free]).amountFen == 300)
    }

    @Test("A cinema whose policy has no steps gives nothing back; the platform's own gives all back until half an hour before")
    func extremes() throws {
        let never = RefundPolicy(id: 1, version: 1, steps: [], refundsServiceFee: true)
        #expect(throws: Refusal.refundWindowClosed.because("no_refunds")) {
            try RefundDecision(ticketIDs: nil, by: .buyer, facts(policy: never))
        }
        let whole = try RefundDecision(ticketIDs: nil, by: .buyer, facts(policy: Self.platform, minutesLeft: 30))
        #expect(whole.amountFen == 4500 + 4500 + 4599 + 3 * 300)
        #expect(whole.feeFen == 0)
        #expect(whole.isWhole)
    }

    @Test("The cinema and the platform give back everything, also after the start", arguments: [RefundRequester.cinema, .platform])
    func staff(requester: RefundRequester) throws {
        let decision = try RefundDecision(ticketIDs: [1], by: requester, facts(minutesLeft: -60))
        #expect(decision.amountFen == 4800)
        #expect(decision.feeFen == 0)
    }

    @Test("The last valid tickets make it whole, whatever went back before")
    func last() throws {
        let left = [TicketFixtures.ticket(1, state: .refunded), TicketFixtures.ticket(2)]
        #expect(try RefundDecision(ticketIDs: [2], by: .buyer, facts(left)).isWhole)
        #expect(try RefundDecision(ticketIDs: nil, by: .buyer, facts(left)).tickets.map(\.ticketID) == [2])
        #expect(throws: Refusal.ticketRefunded.about(tickets: [1])) { try RefundDecision(ticketIDs: [1], by: .buyer, facts(left)) }
    }

    @Test("A ticket that can't be given back is refused with the reason")
    func refusals() {
        #expect(throws: Refusal.ticketUnknown.about(tickets: [4])) { try RefundDecision(ticketIDs: [4], by: .buyer, facts()) }
        #expect(throws: Refusal.ticketRepeated.about(tickets: [1])) { try RefundDecision(ticketIDs: [1, 1], by: .buyer, facts()) }
        #expect(throws: Refusal.ticketEntered.about(tickets: [1])) {
            try RefundDecision(ticketIDs: nil, by: .cinema, facts([TicketFixtures.ticket(1, isEntered: true)]))
        }
        #expect(throws: Refusal.ticketsRefunded) {
            try RefundDecision(ticketIDs: nil, by: .buyer, facts([TicketFixtures.ticket(1, state: .refunded)]))
        }
    }

    @Test(
        "Only a paid order gives tickets back",
        arguments: [
            (.pendingPayment, .orderNotPaid), (.paidUnconfirmed, .orderNotPaid), (.cancelled, .orderNotPaid), (.expired, .orderNotPaid),
            (.collected, .ticketsCollected), (.refunding, .ticketsRefunded), (.refunded, .ticketsRefunded),
        ] as [(OrderState, Refusal)]
    )
    func states(state: OrderState, refusal: Refusal) {
        for requester in [RefundRequester.buyer, .cinema, .platform] {
            #expect(throws: refusal) { try RefundDecision(ticketIDs: nil, by: requester, facts(state: state)) }
        }
    }

    @Test("A couple's seat goes back whole")
    func couples() throws {
        let seats = SeatFixtures.plan(["LRLR"]).layout.seats
        let couples = seats.enumerated().map { TicketFixtures.ticket(Int64($0), seat: $1) }
        #expect(throws: Refusal.coupleSeatsRefundedTogether.about(seats: [102])) {
            try RefundDecision(ticketIDs: [0], by: .buyer, facts(couples))
        }
        #expect(throws: Refusal.coupleSeatsRefundedTogether.about(seats: [101, 104])) {
            try RefundDecision(ticketIDs: [1, 2], by: .cinema, facts(couples))
        }
        #expect(try RefundDecision(ticketIDs: [0, 1], by: .buyer, facts(couples)).tickets.count == 2)
    }

    @Test("A cancelled showtime gives back collected tickets too, and leaves out what went back before")
    func cancelledShowtime() {
        let tickets = [
            TicketFixtures.ticket(1, state: .refunded), TicketFixtures.ticket(2, state: .collected),
            TicketFixtures.ticket(3, isEntered: true),
        ]
        let decision = RefundDecision(restOf: tickets)
        #expect(decision.tickets.map(\.ticketID) == [2, 3])
        #expect(decision.amountFen == 9600)
        #expect(decision.feeFen == 0)
    }
}
