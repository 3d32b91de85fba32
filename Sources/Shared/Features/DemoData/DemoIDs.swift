/// The first numbers of the rows, table by table. They are taken from the tables' own sequences, so nobody else gets them.
struct DemoIDs: Sendable {
    /// A table whose rows are numbered by a sequence.
    enum Table: String, CaseIterable {
        case merchants, accounts, movies, cinemas, halls
        case layouts = "hall_layouts"
        case seats
        case rights = "screening_rights"
        case showtimes, payments, tickets, refunds
        case events = "order_events"
        case entries = "ledger_entries"
    }

    private let first: [Table: Int64]

    init(_ first: [Table: Int64]) {
        self.first = first
    }

    /// The number of a row.
    ///
    /// - Parameter place: which of the table's rows it is, from 0.
    func id(_ table: Table, _ place: Int) -> Int64 {
        first[table, default: 1] + Int64(place)
    }
}
