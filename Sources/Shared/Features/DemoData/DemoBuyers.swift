/// The buyers of a run. A few hold all orders that wait for their money, so that nobody has more of these than a person may; the others take turns,
/// so that nobody orders twice for one showtime.
struct DemoBuyers: Sendable {
    let count: Int
    private let waiting: Int
    private let merchants: Int
    private let ids: DemoIDs
    private var unpaidOrders = 0

    init(_ request: DemoDataRequest, ids: DemoIDs) {
        count = 60 + request.orders / 4
        waiting = 20 + request.orders / 50
        merchants = DemoPlaces.merchants(request)
        self.ids = ids
    }

    /// The account of a buyer, from 0: they come after the merchants' people.
    func accountID(_ buyer: Int) -> Int64 { ids.id(.accounts, merchants + buyer) }

    /// The account of the one who acts for a merchant.
    func staffID(ofMerchant merchant: Int) -> Int64 { ids.id(.accounts, merchant) }

    /// Who has the next order that isn't paid yet; `nil` when all have as many as they may.
    mutating func nextWaiting(mostUnpaidOrders: Int) -> Int64? {
        guard unpaidOrders < waiting * mostUnpaidOrders else { return nil }
        unpaidOrders += 1
        return accountID(unpaidOrders % waiting)
    }

    /// - Parameter order: its number in the run, from 0.
    func accountID(ofOrder order: Int) -> Int64 { accountID(waiting + order % (count - waiting)) }
}
