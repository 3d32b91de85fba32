import Foundation

@testable import Shared

/// Tickets for the rules' tests, and a key to sign them with.
enum TicketFixtures {
    static let privateKey = Data(repeating: 7, count: 32).base64EncodedString()

    static func ticket(
        _ id: Int64,
        seat: HallSeat? = nil,
        priceFen: Int64 = 4500,
        discountFen: Int64 = 0,
        othersFen: Int64 = 0,
        serviceFeeFen: Int64 = 300,
        state: TicketState = .valid,
        isEntered: Bool = false
    ) -> Ticket {
        Ticket(
            id: id,
            orderID: UUID(),
            showtimeID: 1,
            startsAt: Date(timeIntervalSince1970: 1_790_000_000),
            seat: seat
                ?? HallSeat(id: 100 + id, row: 1, column: Int(id), rowLabel: "A", label: "A\(id)", zone: "standard", kind: .standard),
            priceFen: priceFen,
            discountFen: discountFen,
            othersFen: othersFen,
            serviceFeeFen: serviceFeeFen,
            state: state,
            entry: isEntered ? Ticket.Handling(at: Date(timeIntervalSince1970: 1_789_999_000), byAccountID: 9, place: nil) : nil
        )
    }
}
