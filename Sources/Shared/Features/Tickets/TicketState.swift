import Database

/// Where a ticket is in its life.
package enum TicketState: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    case valid
    case collected
    case refunded
}
