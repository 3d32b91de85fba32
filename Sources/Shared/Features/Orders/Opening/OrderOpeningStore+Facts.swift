import Callers
import Database
import Foundation

/// Reads the results of the first round trip of a booking transaction.
extension OrderOpeningStore {
    /// The facts from the results of ``reads(_:waiting:isRepetition:)``.
    ///
    /// - Parameters:
    ///   - batch: the requests for which the results were read.
    ///   - policy: the rules of comparing permissions.
    func facts(_ results: [PostgresRows], for batch: [OrderOpening], policy: PermissionPolicy) throws -> OpeningFacts {
        func rows(_ read: Read) -> PostgresRows { results[read.rawValue] }
        func rowsIfRead(_ read: Read) -> PostgresRows? { results.count > read.rawValue ? results[read.rawValue] : nil }
        let realms = Dictionary(batch.map { ($0.sessionID, $0.realm) }, uniquingKeysWith: { first, _ in first })
        var facts = OpeningFacts(now: try rows(.clock).requiredFirst.decode((Date).self))
        for row in rows(.showtimes) {
            let (id, version, opensAt, closesAt, startsAt, closedAt, cancelledAt) =
                try row.decode((Int64, Int64, Date?, Date?, Date, Date?, Date?).self)
            facts.showtimes[id] = OpeningFacts.Showtime(
                version: version,
                window: SaleWindow(
                    opensAt: opensAt, closesAt: closesAt, startsAt: startsAt, closedAt: closedAt, cancelledAt: cancelledAt),
                seatLimit: 0,
                isMerchantVerified: false,
                isRightGranted: false
            )
        }
        for row in rows(.conditions) {
            let (id, seatLimit, isMerchantVerified, isRightGranted, policyID, isMovieEnded) =
                try row.decode((Int64, Int, Bool, Bool, Int64?, Bool).self)
            if facts.showtimes[id] == nil { facts.heldShowtimeIDs.insert(id) }
            facts.showtimes[id]?.seatLimit = seatLimit
            facts.showtimes[id]?.isMerchantVerified = isMerchantVerified
            facts.showtimes[id]?.isRightGranted = isRightGranted
            facts.showtimes[id]?.refundPolicyID = policyID
            facts.showtimes[id]?.isMovieEnded = isMovieEnded
        }
        var bitsOfUserGroups: [Int64: [Int64]] = [:]
        for row in rows(.userGroupBits) {
            let (userGroupID, bits) = try row.decode((Int64, Int64).self)
            bitsOfUserGroups[userGroupID, default: []].append(bits)
        }
        for row in rows(.buyers) {
            let (sessionID, realm, counts, mask, ownBits, userGroupIDs, merchantID, cinemaIDs, accountID, isProved) =
                try row.decode((Int64, Realm, Bool, Int, [Int64], [Int64], Int64?, [Int64], Int64, Bool).self)
            if isProved { facts.provedAccountIDs.insert(accountID) }
            let bits = ownBits + userGroupIDs.flatMap { bitsOfUserGroups[$0, default: []] }
            let grants = bits.map { PermissionGrant(resource: Self.resource, bits: Permission(rawValue: Int($0))) }
            let held = policy.effective(grants, on: Self.resource, mask: Permission(rawValue: mask))
            facts.buyers[sessionID] =
                if !counts || realms[sessionID] != realm { .unknown } else if policy.allows(.write, holding: held) { .welcome } else {
                    .restricted
                }
            if let merchantID {
                facts.scopes[sessionID] = .merchant(merchantID, cinemaIDs: cinemaIDs.isEmpty ? nil : cinemaIDs)
            }
        }
        var lockedAccountIDs: Set<Int64> = []
        for row in rows(.accounts) { lockedAccountIDs.insert(try row.decode((Int64).self)) }
        for opening in batch where facts.buyers[opening.sessionID] != nil && !lockedAccountIDs.contains(opening.accountID) {
            facts.heldAccountIDs.insert(opening.accountID)
        }
        for row in rows(.claims) {
            let (showtimeID, seatID, orderID, state, expiresAt, accountID) =
                try row.decode((Int64, Int64, UUID, OrderState, Date, Int64).self)
            facts.claims[SeatOfShowtime(showtimeID: showtimeID, seatID: seatID)] = OpeningFacts.Claim(
                orderID: orderID,
                hasLapsed: state.isUnpaid && expiresAt <= facts.now,
                unpaidOf: state.isUnpaid ? accountID : nil
            )
        }
        for row in rows(.unpaidOrders) {
            let (id, accountID, showtimeID, seats, expiresAt, addressBlock) =
                try row.decode((UUID, Int64, Int64, Int, Date, Int64?).self)
            let blocks = addressBlock.map(NumberedBlock.all) ?? []
            guard expiresAt > facts.now else {
                facts.lapsedOrders[BuyerOfShowtime(accountID: accountID, showtimeID: showtimeID), default: []].append(id)
                // Nobody has ended this order yet, so its lapse isn't recorded.
                let lapse = Lapses(count: 1, last: expiresAt)
                if addressBlock != nil { facts.lapsesOfAccounts[accountID] = lapse.adding(facts.lapsesOfAccounts[accountID]) }
                for block in blocks { facts.lapsesOfAddressBlocks[block] = lapse.adding(facts.lapsesOfAddressBlocks[block]) }
                continue
            }
            for block in blocks {
                facts.heldSeats[OpeningFacts.AddressOfShowtime(addressBlock: block, showtimeID: showtimeID), default: 0] += seats
            }
            facts.unpaidOrders[accountID, default: []].append(
                OpeningFacts.UnpaidOrder(id: id, showtimeID: showtimeID, seats: seats))
        }
        for row in rows(.paidSeats) {
            let (accountID, showtimeID, seats) = try row.decode((Int64, Int64, Int).self)
            facts.paidSeats[BuyerOfShowtime(accountID: accountID, showtimeID: showtimeID)] = seats
        }
        for row in rows(.records) {
            let record = try IdempotencyStore.answer(row)
            facts.records[record.key] = (record.sha256, record.answer)
        }
        if let lapses = rowsIfRead(.lapses) {
            let recorded = try LapseStore.lapses(lapses)
            facts.lapsesOfAccounts.merge(recorded.ofAccounts) { $0.adding($1) }
            facts.lapsesOfAddressBlocks.merge(recorded.ofAddressBlocks) { $0.adding($1) }
        }
        if let used = rowsIfRead(.usedChallenges) {
            for row in used { facts.usedChallengeIDs.insert(try row.decode((String).self)) }
        }
        facts.summaries = try ShowtimeSummaries(rows: rows(.summaries))
        for row in rows(.existing) {
            let order = try Order(row: row)
            facts.existing[order.id] = order
        }
        return facts
    }
}
