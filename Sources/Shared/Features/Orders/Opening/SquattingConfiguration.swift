import Callers
package import Foundation
import Waiting

/// The rules against holding seats without buying them. They apply to orders that are opened online; a clerk sees who stands at the
/// counter.
package struct SquattingConfiguration: Hashable, Sendable {
    /// Whether a second unpaid order needs a phone number or e-mail address that its owner has proved. Off where no codes can be sent.
    package var needsContact: Bool
    /// The highest part of a showtime's sellable seats that the unpaid orders of one client's address block may hold, in per cent.
    package var addressShare: Int
    /// The part that they may hold before every further order from there needs a solved challenge, in per cent; at 100 none ever does.
    package var challengeShare: Int
    /// The first pause after orders that lapsed unpaid. Each further lapse doubles it. Zero means no pause.
    package var pause: Duration
    /// How many lapsed orders of one address block have no consequence. Many people who don't know each other share one block.
    package var addressLapses: Int

    package init(
        needsContact: Bool = false, addressShare: Int = 50, challengeShare: Int = 25, pause: Duration = .seconds(300),
        addressLapses: Int = 20
    ) {
        self.needsContact = needsContact
        self.addressShare = addressShare
        self.challengeShare = challengeShare
        self.pause = pause
        self.addressLapses = addressLapses
    }

    /// When a person may open an order again. The first lapse has no consequence, because anybody may miss the time once. With a pause of
    /// 300 seconds the longest one is 5 hours and 20 minutes.
    func pauseEnd(ofPerson lapses: Lapses) -> Date {
        lapses.pauseEnd(free: 1, first: pause, doublings: 6)
    }

    /// When somebody in an address block may open an order again. With a pause of 300 seconds the longest one is 80 minutes. For a site,
    /// ``AddressBlock`` says how many more lapses than for one client have no consequence.
    func pauseEnd(of block: NumberedBlock, _ lapses: Lapses) -> Date {
        lapses.pauseEnd(free: block.share(ofClient: addressLapses, outOf: .max), first: pause, doublings: 4)
    }

    /// How many seats of a showtime the unpaid orders of an address block may hold. A site may hold at most half of them, unless one client
    /// may hold more.
    func share(of block: NumberedBlock, sellable: Int) -> Int {
        block.share(ofClient: max(1, sellable * addressShare / 100), outOf: sellable)
    }

    /// The number of seats above which every further order of an address block needs a challenge; `nil` when none ever does. For a site it
    /// is at most a quarter of the seats, unless it is more for one client.
    func challengeThreshold(of block: NumberedBlock, sellable: Int) -> Int? {
        challengeShare < 100 ? block.share(ofClient: sellable * challengeShare / 100, outOf: sellable / 2) : nil
    }
}

/// Orders of one person or address block that lapsed unpaid within the last day.
package struct Lapses: Hashable, Sendable {
    package private(set) var count: Int
    package private(set) var last: Date

    package init(count: Int, last: Date) {
        self.count = count
        self.last = last
    }

    /// For how many hours a lapse counts.
    static let hours = 24
    /// More lapses than this change nothing, because the pause has reached its longest before, even for a site.
    static let most = 800

    /// These lapses and further ones together.
    func adding(_ more: Lapses?) -> Lapses {
        guard let more else { return self }
        return Lapses(count: count + more.count, last: max(last, more.last))
    }

    /// When their person or address block may open an order again.
    ///
    /// - Parameters:
    ///   - free: how many lapses have no consequence.
    ///   - pause: the pause after the next lapse. Each further lapse doubles it.
    ///   - doublings: how often it is doubled at most.
    func pauseEnd(free: Int, first pause: Duration, doublings: Int) -> Date {
        guard count > free else { return last }
        let doubled = min(count - free - 1, doublings)
        return last.addingTimeInterval(pause.seconds * Double(1 << doubled))
    }
}
