import Foundation

/// What a batch of notices is decided by; read under the locks of their orders.
struct NoticeBatchFacts: Sendable {
    let orders: OrderLockStore.LockedOrders
    let evidence: TradeEvidence
    /// The codes of the orders that are paid already.
    let codes: [UUID: String]
}
