import Callers
import Foundation

/// A seat of a showtime.
struct SeatOfShowtime: Hashable, Sendable {
    let showtimeID: Int64
    let seatID: Int64
}

/// A person and a showtime.
struct BuyerOfShowtime: Hashable, Sendable {
    let accountID: Int64
    let showtimeID: Int64
}

/// What the database says, read under the locks of a booking transaction.
struct OpeningFacts: Sendable {
    struct Showtime: Sendable {
        var version: Int64
        var window: SaleWindow
        /// Seats that one person may hold of it.
        var seatLimit: Int
        /// Whether its merchant is verified and may show the movie on its day.
        var isMerchantVerified: Bool
        var isRightGranted: Bool
        /// Whether the movie isn't shown any more.
        var isMovieEnded = false
        /// The refund policy in force at its cinema.
        var refundPolicyID: Int64?
    }

    enum Buyer: Sendable {
        /// The token has been revoked or has expired, or its account is gone.
        case unknown
        case restricted
        case welcome
    }

    struct Claim: Sendable {
        var orderID: UUID
        /// Whether its order is unpaid past its time, so that it counts no longer.
        var hasLapsed: Bool
        /// Whose order it is while that is unpaid; `nil` once it is paid.
        var unpaidOf: Int64?
    }

    struct UnpaidOrder: Sendable {
        var id: UUID
        var showtimeID: Int64
        var seats: Int
    }

    /// Somebody's network and a showtime.
    struct AddressOfShowtime: Hashable, Sendable {
        var addressBlock: NumberedBlock
        var showtimeID: Int64
    }

    /// The one clock: read after the locks.
    var now: Date
    var showtimes: [Int64: Showtime] = [:]
    /// Showtimes that somebody else has locked, and accounts: nothing can be said about them.
    var heldShowtimeIDs: Set<Int64> = []
    var heldAccountIDs: Set<Int64> = []
    /// By session.
    var buyers: [Int64: Buyer] = [:]
    /// The showtimes that a merchant's people sell for, by session.
    var scopes: [Int64: MerchantScope] = [:]
    var claims: [SeatOfShowtime: Claim] = [:]
    /// Unpaid orders past their time. A new order of the same person for the same showtime ends them,
    /// so that a late payment can't bring its seats beyond the limit.
    var lapsedOrders: [BuyerOfShowtime: [UUID]] = [:]
    /// By account; lapsed ones are left out.
    var unpaidOrders: [Int64: [UnpaidOrder]] = [:]
    var paidSeats: [BuyerOfShowtime: Int] = [:]
    var records: [IdempotencyRecordKey: (sha256: [UInt8], answer: RecordedAnswer)] = [:]
    /// Accounts with a phone number or an e-mail address that was proved.
    var provedAccountIDs: Set<Int64> = []
    /// Seats that unpaid orders of a client hold, and all of its site; lapsed ones are left out.
    var heldSeats: [AddressOfShowtime: Int] = [:]
    /// Of each account, or of a phone number or e-mail address that it has proved, whichever has more.
    var lapsesOfAccounts: [Int64: Lapses] = [:]
    var lapsesOfAddressBlocks: [NumberedBlock: Lapses] = [:]
    /// Those of the challenges solved in this batch by which an order was opened before.
    var usedChallengeIDs: Set<String> = []
    /// Orders of this batch that are there already. Only read when a batch is repeated.
    var existing: [UUID: Order] = [:]
    /// What people have to know of the showtimes.
    var summaries = ShowtimeSummaries()

    /// - Throws: ``ShowtimeSummaries/Missing`` for an order of another batch: a defect.
    func detailed(_ order: Order) throws -> DetailedOrder {
        DetailedOrder(order: order, showtime: try summaries.summary(of: order.showtimeID))
    }
}
