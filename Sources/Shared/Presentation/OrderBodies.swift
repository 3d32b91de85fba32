package import HTTP
package import Shared

/// Orders, payments and refunds as they are written.
package enum OrderBodies {
    /// An order as a moviegoer or a clerk asks for it.
    package struct NewOrder: Sendable {
        package let showtimeID: Int64
        package let seatIDs: [Int64]
        /// Of a walk-in buyer.
        package let buyerPhone: PhoneNumber?
    }

    /// Tickets that shall go back.
    package struct NewRefund: Sendable {
        /// `nil` for all that are still valid.
        package let ticketIDs: [Int64]?
        package let note: String?
    }

    package static let order = Body<NewOrder>(
        "NewOrder",
        .required("showtime_id", .id, "The showtime.", example: "42"),
        .required("seat_ids", .array(of: .id, 1...100), "Its seats, all or nothing.", example: #"[1001, 1002]"#)
    ) { NewOrder(showtimeID: $0, seatIDs: $1, buyerPhone: nil) }

    package static let counterOrder = Body<NewOrder>(
        "NewCounterOrder",
        Field<Int64>.required("showtime_id", .id, "The showtime.", example: "42"),
        Field<[Int64]>.required("seat_ids", .array(of: .id, 1...100), "Its seats, all or nothing.", example: #"[1001, 1002]"#),
        Field<String?>.nullable("buyer_phone", .text(1...32), "Phone number of the buyer, if it tells it.", example: "13800138000")
    ) { NewOrder(showtimeID: $0, seatIDs: $1, buyerPhone: try phone($2)) }

    package static let counterPayment = Body<CounterSales.Means>(
        "NewCounterPayment",
        Field<CounterMethod>.required("method", .enumeration(CounterMethod.self), "How the money was taken.", example: "counter_cash"),
        Field<String?>.nullable(
            "reference", .text(1...40), "Of any other way than cash: the number under which the money was taken there.",
            example: "POS-88213")
    ) { try means($0, reference: $1) }

    /// Tickets that the buyer gives back.
    package static let refund = Body<NewRefund>(
        "NewRefund",
        Field<[Int64]?>.nullable(
            "ticket_ids", .array(of: .id, 1...100), "The tickets; all that are still valid unless given.", example: "[7]"),
        Field<String?>.nullable("reason", .text(1...200), "Why.", example: "Ill")
    ) { NewRefund(ticketIDs: $0, note: $1) }

    /// Tickets that the cinema or the platform takes back.
    package static let staffRefund = Body<NewRefund>(
        "NewStaffRefund",
        Field<[Int64]?>.nullable(
            "ticket_ids", .array(of: .id, 1...100), "The tickets; all that are still valid unless given.", example: "[7]"),
        Field<String>.required("reason", .text(1...200), "Why; it is recorded.", example: "The seat is broken")
    ) { NewRefund(ticketIDs: $0, note: $1) }

    /// A reason alone.
    package static let reason = Body<String>(
        "Reason",
        Field<String>.required("reason", .text(1...200), "Why; it is recorded.", example: "Sold for the wrong evening")
    ) { $0 }

    package static let openingProblems: [Problem] = [
        Problem(.seatTaken), Problem(.seatNotForSale), Problem(.coupleSeatsSoldInPairs), Problem(.orphanSeatLeft),
        Problem(.seatLimitReached), Problem(.unpaidOrderLimitReached), Problem(.saleNotOpen), Problem(.saleClosed),
        Problem(.showtimeCancelled), Problem(.screeningRightMissing), Problem(.showtimeUnknown), Problem(.seatUnknown),
        Problem(.seatRepeated), Problem(.idempotencyKeyReused), Problem(.busy),
    ]

    package static let refundProblems: [Problem] = [
        Problem(.orderNotPaid), Problem(.ticketsCollected), Problem(.ticketsRefunded), Problem(.ticketRefunded), Problem(.ticketEntered),
        Problem(.ticketUnknown), Problem(.ticketRepeated), Problem(.coupleSeatsRefundedTogether), Problem(.orderNeedsAttention),
    ]

    enum CounterMethod: String, CaseIterable, Sendable {
        case cash = "counter_cash"
        case external = "counter_external"
    }

    private static func means(_ method: CounterMethod, reference: String?) throws -> CounterSales.Means {
        switch (method, reference) {
        case (.cash, _): return .cash
        case (.external, let reference?): return .external(reference: reference)
        case (.external, nil):
            let missing = Refusal.paymentReferenceMissing
            throw FieldIssue("/reference", missing.code, missing.detail)
        }
    }

    private static func phone(_ text: String?) throws -> PhoneNumber? {
        do {
            return try text.map { try PhoneNumber($0) }
        } catch let refusal as Refusal {
            throw FieldIssue("/buyer_phone", refusal.code, refusal.detail)
        }
    }
}
