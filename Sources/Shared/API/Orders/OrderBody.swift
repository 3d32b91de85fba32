package import Callers
package import HTTP
package import Shared

/// The bodies about orders, payments and refunds.
package enum OrderBody {
    /// An order that a moviegoer or a clerk wants to open.
    package struct NewOrder: Sendable {
        package let showtimeID: Int64
        package let seatIDs: [Int64]
        /// The phone number of a walk-in buyer.
        package let buyerPhone: PhoneNumber?
        /// The answer to the challenge with which an earlier attempt was refused.
        package let challengeAnswer: ChallengeAnswer?
        /// What the buyer expects to pay, in fen.
        package let expectedPayableFen: Int64?

        /// The part of the body that makes it another request. The answer to a challenge doesn't belong to it: the same order may be
        /// requested again under the same Idempotency-Key with an answer, or with another one.
        package var wish: [UInt8] {
            let expected = expectedPayableFen.map { #","expected_payable_fen":\#($0)"# } ?? ""
            return Array(
                #"{"showtime_id":\#(showtimeID),"seat_ids":[\#(seatIDs.map(String.init).joined(separator: ","))]\#(expected)}"#.utf8)
        }
    }

    /// Tickets to refund.
    package struct NewRefund: Sendable {
        /// `nil` for all that are still valid.
        package let ticketIDs: [Int64]?
        package let note: String?
    }

    package static let order = Body<NewOrder>(
        "NewOrder",
        Field<Int64>.required("showtime_id", .id, "The showtime.", example: "42"),
        Field<[Int64]>.required("seat_ids", .array(of: .id, 1...100), "Its seats, all or nothing.", example: #"[1001, 1002]"#),
        Field<Int64?>.nullable(
            "expected_payable_fen", .int(0...1_000_000_000),
            "What you expect to pay, in fen: refused as `price_changed`, with `lines` and `payable_fen` as in a preview, if it costs something else.",
            example: "9600"),
        Field<ChallengeAnswer?>.nullable(
            "challenge", .object(challengeAnswer), challengeMeaning)
    ) { NewOrder(showtimeID: $0, seatIDs: $1, buyerPhone: nil, challengeAnswer: $3, expectedPayableFen: $2) }

    private static let challengeMeaning = """
        The answer to the `challenge` that the order was refused with before, as `challenge_required`: an object of `id`, `algorithm`, `nonce`, \
        `salt`, `cost`, `key_prefix` and `expires_at`. It opens one order. It is no part of what an Idempotency-Key stands for.
        """

    private static let counterMeaning = """
        A number for which the key begins with `key_prefix` in hexadecimal. The key has 32 bytes and is derived by `algorithm`, PBKDF2 with \
        HMAC-SHA-256, in `cost` rounds; the password is `nonce` (16 bytes, in hexadecimal) and behind it the number as 4 bytes, most \
        significant first; the salt is `salt` (16 bytes, in hexadecimal).
        """

    /// The answer that the problem `challenge_required` asks for.
    package static let challengeAnswer = Body<ChallengeAnswer>(
        "ChallengeAnswer",
        Field<String>.required("id", .text(1...200), "The challenge's id.", example: "R0bF…"),
        Field<UInt32>.required(
            "counter", .int(0...UInt32.max),
            counterMeaning,
            example: "183")
    ) { ChallengeAnswer(id: $0, counter: $1) }

    /// Seats of which somebody asks what they would cost.
    package struct Question: Sendable {
        package let showtimeID: Int64
        package let seatIDs: [Int64]
    }

    package static let preview = Body<Question>(
        "OrderQuestion",
        Field<Int64>.required("showtime_id", .id, "The showtime.", example: "42"),
        Field<[Int64]>.required("seat_ids", .array(of: .id, 1...100), "Its seats.", example: #"[1001, 1002]"#)
    ) { Question(showtimeID: $0, seatIDs: $1) }

    package static let counterOrder = Body<NewOrder>(
        "NewCounterOrder",
        Field<Int64>.required("showtime_id", .id, "The showtime.", example: "42"),
        Field<[Int64]>.required("seat_ids", .array(of: .id, 1...100), "Its seats, all or nothing.", example: #"[1001, 1002]"#),
        Field<String?>.nullable("buyer_phone", .typed(1...32), "Phone number of the buyer, if it tells it.", example: "13800138000")
    ) { NewOrder(showtimeID: $0, seatIDs: $1, buyerPhone: try phone($2), challengeAnswer: nil, expectedPayableFen: nil) }

    package static let counterPayment = Body<CounterSales.Means>(
        "NewCounterPayment",
        Field<CounterMethod>.required("method", .enumeration(CounterMethod.self), "How the money was taken.", example: "counter_cash"),
        Field<String?>.nullable(
            "reference", .typed(1...40), "Of any other way than cash: the number under which the money was taken there.",
            example: "POS-88213")
    ) { try means($0, reference: $1) }

    /// Tickets that the buyer gives back.
    package static let refund = Body<NewRefund>(
        "NewRefund",
        Field<[Int64]?>.nullable(
            "ticket_ids", .array(of: .id, 1...100), "The tickets; all that are still valid unless given.", example: "[7]"),
        Field<String?>.nullable("reason", .freeText(1...200), "Why.", example: "Ill")
    ) { NewRefund(ticketIDs: $0, note: $1) }

    /// Tickets of which somebody asks what giving them back would come to.
    package static let refundPreview = Body<[Int64]?>(
        "RefundQuestion",
        Field<[Int64]?>.nullable(
            "ticket_ids", .array(of: .id, 1...100), "The tickets; all that are still valid unless given.", example: "[7]")
    ) { $0 }

    /// Tickets that the cinema or the platform takes back.
    package static let staffRefund = Body<NewRefund>(
        "NewStaffRefund",
        Field<[Int64]?>.nullable(
            "ticket_ids", .array(of: .id, 1...100), "The tickets; all that are still valid unless given.", example: "[7]"),
        Field<String>.required("reason", .freeText(1...200), "Why; it is recorded.", example: "The seat is broken")
    ) { NewRefund(ticketIDs: $0, note: $1) }

    /// Only a reason.
    package static let reason = Body<String>(
        "Reason",
        Field<String>.required("reason", .freeText(1...200), "Why; it is recorded.", example: "Sold for the wrong evening")
    ) { $0 }

    package static let openingRefusals: [Refusal] = [
        .seatTaken, .seatsHeldByYou, .seatNotForSale, .coupleSeatsSoldInPairs, .orphanSeatLeft, .seatLimitReached,
        .unpaidOrderLimitReached, .saleNotOpen, .saleClosed, .showtimeCancelled, .screeningRightMissing, .showtimeUnknown, .seatUnknown,
        .seatRepeated, .idempotencyKeyReused, .busy,
    ]

    /// Further refusals, besides ``openingRefusals``, where moviegoers order themselves.
    package static let squattingRefusals: [Refusal] = [
        .contactNeeded, .priceChanged, .challengeRequired, .addressShareReached(seats: 17, of: 34), .holdsPaused(seconds: 300),
    ]

    package static let refundRefusals: [Refusal] = [
        .orderNotPaid, .ticketsCollected, .ticketsRefunded, .ticketRefunded, .ticketEntered, .ticketUnknown, .ticketRepeated,
        .coupleSeatsRefundedTogether, .orderNeedsAttention,
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
            throw FieldIssue("/reference", ValueFault(.paymentReferenceMissing))
        }
    }

    private static func phone(_ text: String?) throws -> PhoneNumber? {
        do {
            return try text.map { try PhoneNumber($0) }
        } catch let refusal as Refusal {
            throw FieldIssue("/buyer_phone", ValueFault(refusal))
        }
    }
}
