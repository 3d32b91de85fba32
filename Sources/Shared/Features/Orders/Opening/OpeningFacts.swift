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

/// The facts that the rules of opening orders need, read under the locks of a booking transaction.
struct OpeningFacts: Sendable {
    struct Showtime: Sendable {
        var version: Int64
        var window: SaleWindow
        /// How many seats of the showtime one person may hold.
        var seatLimit: Int
        /// Whether its merchant is verified and may show the movie on its day.
        var isMerchantVerified: Bool
        var isRightGranted: Bool
        /// Whether the movie's run has ended.
        var isMovieEnded = false
        /// The refund policy in force at the showtime's cinema.
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
        /// Whether its order is unpaid and its time is over, so that the claim no longer counts.
        var hasLapsed: Bool
        /// The account of the order while it is unpaid; `nil` once it is paid.
        var unpaidOf: Int64?
    }

    struct UnpaidOrder: Sendable {
        var id: UUID
        var showtimeID: Int64
        var seats: Int
    }

    /// An address block and a showtime.
    struct AddressOfShowtime: Hashable, Sendable {
        var addressBlock: NumberedBlock
        var showtimeID: Int64
    }

    /// The database's clock, read after the locks.
    var now: Date
    var showtimes: [Int64: Showtime] = [:]
    /// Showtimes and accounts that somebody else has locked. Nothing can be decided about them.
    var heldShowtimeIDs: Set<Int64> = []
    var heldAccountIDs: Set<Int64> = []
    /// The callers of the batch, by session.
    var buyers: [Int64: Buyer] = [:]
    /// By session: the cinemas for whose showtimes a clerk sells.
    var scopes: [Int64: MerchantScope] = [:]
    var claims: [SeatOfShowtime: Claim] = [:]
    /// Unpaid orders whose time is over. A new order of the same person for the same showtime ends them, so that a late payment can't bring
    /// the person's seats beyond the limit.
    var lapsedOrders: [BuyerOfShowtime: [UUID]] = [:]
    /// By account. Lapsed orders are left out.
    var unpaidOrders: [Int64: [UnpaidOrder]] = [:]
    var paidSeats: [BuyerOfShowtime: Int] = [:]
    var records: [IdempotencyRecordKey: (sha256: [UInt8], answer: RecordedAnswer)] = [:]
    /// Accounts whose phone number or e-mail address has been proved.
    var provedAccountIDs: Set<Int64> = []
    /// How many seats the unpaid orders of an address block hold, for clients and for whole sites. Lapsed orders are left out.
    var heldSeats: [AddressOfShowtime: Int] = [:]
    /// By account. Where its proved phone number or e-mail address has more lapses, those are given.
    var lapsesOfAccounts: [Int64: Lapses] = [:]
    var lapsesOfAddressBlocks: [NumberedBlock: Lapses] = [:]
    /// Those of the challenges solved in this batch that have opened an order before.
    var usedChallengeIDs: Set<String> = []
    /// Orders of this batch that exist already. Read only when a batch is repeated.
    var existing: [UUID: Order] = [:]
    /// What people have to know of the showtimes.
    var summaries = ShowtimeSummaries()

    /// - Throws: `Defect` for an order of another batch.
    func detailed(_ order: Order) throws -> DetailedOrder {
        DetailedOrder(order: order, showtime: try summaries.summary(of: order.showtimeID))
    }
}
