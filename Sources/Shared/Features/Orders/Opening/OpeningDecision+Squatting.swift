import Callers
import Foundation

/// The rules against holding seats for nothing. They apply to orders that are opened online, where ``OrderConfiguration/squatting`` is set.
extension OpeningDecision {
    /// - Throws: ``Refusal/holdsPaused(seconds:)``.
    static func checkPause(_ opening: OrderOpening, _ facts: OpeningFacts, _ rules: SquattingConfiguration) throws {
        var ends: [Date] = []
        if let lapses = facts.lapsesOfAccounts[opening.accountID] {
            ends.append(rules.pauseEnd(ofPerson: lapses))
        }
        for block in opening.addressBlock.map(NumberedBlock.all) ?? [] {
            if let lapses = facts.lapsesOfAddressBlocks[block] { ends.append(rules.pauseEnd(of: block, lapses)) }
        }
        guard let end = ends.max(), end > facts.now else { return }
        let seconds = min(end.timeIntervalSince(facts.now).rounded(.up), 86_400)
        throw Refusal.holdsPaused(seconds: Int(exactly: seconds) ?? 86_400)
    }

    /// - Parameter unpaidOrders: how many unpaid orders the buyer has.
    /// - Returns: the challenge that the order uses up, if it needs one.
    /// - Throws: ``Refusal/contactNeeded``, ``Refusal/challengeRequired``, ``Refusal/addressShareReached(seats:of:)``.
    static func checkHold(
        _ opening: OrderOpening, _ facts: OpeningFacts, _ rules: SquattingConfiguration, unpaidOrders: Int
    ) throws -> UsedChallenge? {
        guard !rules.needsContact || unpaidOrders == 0 || facts.provedAccountIDs.contains(opening.accountID) else {
            throw Refusal.contactNeeded
        }
        guard let addressBlock = opening.addressBlock else { return nil }
        let sellable = opening.plan.sellableSeats
        let holds = NumberedBlock.all(of: addressBlock).map { block in
            let place = OpeningFacts.AddressOfShowtime(addressBlock: block, showtimeID: opening.plan.showtimeID)
            let held = facts.heldSeats[place, default: 0]
            return (block: block, held: held, wanted: held + opening.seats.count)
        }
        // The first order from a network needs no challenge, however small the hall is.
        let needsChallenge = holds.contains { hold in
            guard hold.held > 0, let most = rules.challengeThreshold(of: hold.block, sellable: sellable) else { return false }
            return hold.wanted > most
        }
        let used = needsChallenge ? try solvedChallenge(of: opening, facts) : nil
        for hold in holds {
            let share = rules.share(of: hold.block, sellable: sellable)
            guard hold.wanted <= share else { throw Refusal.addressShareReached(seats: share, of: sellable) }
        }
        return used
    }

    private static func solvedChallenge(of opening: OrderOpening, _ facts: OpeningFacts) throws -> UsedChallenge {
        guard
            case .solved(let id, let expiresAt)? = opening.challenge, expiresAt > facts.now, !facts.usedChallengeIDs.contains(id)
        else { throw Refusal.challengeRequired }
        return UsedChallenge(id: id, expiresAt: expiresAt)
    }
}

/// A challenge that opens an order. It opens no other one.
struct UsedChallenge: Hashable, Sendable {
    let id: String
    /// The challenge has to be stored until then.
    let expiresAt: Date
}
