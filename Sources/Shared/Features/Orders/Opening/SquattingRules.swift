import Callers
package import Foundation

/// What keeps people from holding seats that they don't buy. It is about orders that are opened online; a clerk sees who stands at the counter.
package struct SquattingRules: Hashable, Sendable {
    /// Whether a second unpaid order needs a phone number or e-mail address that its owner has proved. Off where no codes can be sent.
    package var needsContact: Bool
    /// How many hundredths of a showtime's sellable seats the unpaid orders of one client's address block may hold.
    package var addressShare: Int
    /// How many hundredths they may hold before every further order from there needs a solved challenge; 100: none ever does.
    package var challengeShare: Int
    /// The first pause after orders that lapsed unpaid; each further one doubles it. Zero: none.
    package var pause: Duration
    /// How many lapsed orders of one address block cost nothing: behind one sit many people who don't know each other.
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

    /// When a person may open an order again. The first lapse costs nothing: anybody may miss the time once. Of 300 seconds the longest pause is
    /// 5 hours and 20 minutes.
    func pauseEnd(ofPerson lapses: Lapses) -> Date {
        lapses.pauseEnd(free: 1, first: pause, doublings: 6)
    }

    /// When somebody of an address block may. Of 300 seconds the longest pause is 80 minutes. Of a site as many lapses cost nothing as of
    /// so many clients.
    func pauseEnd(of block: NumberedBlock, _ lapses: Lapses) -> Date {
        lapses.pauseEnd(free: block.share(ofClient: addressLapses, outOf: .max), first: pause, doublings: 4)
    }

    /// How many seats of a showtime the unpaid orders of an address block may hold; no site more than half of them, unless one client may.
    func share(of block: NumberedBlock, sellable: Int) -> Int {
        block.share(ofClient: max(1, sellable * addressShare / 100), outOf: sellable)
    }

    /// Beyond how many seats every further order of an address block needs a challenge; of no site beyond more than a quarter, unless of
    /// one client; `nil` for none.
    func challengeThreshold(of block: NumberedBlock, sellable: Int) -> Int? {
        challengeShare < 100 ? block.share(ofClient: sellable * challengeShare / 100, outOf: sellable / 2) : nil
    }
}

/// Unpaid orders of somebody that lapsed within the last day.
package struct Lapses: Hashable, Sendable {
    package private(set) var count: Int
    package private(set) var last: Date

    package init(count: Int, last: Date) {
        self.count = count
        self.last = last
    }

    /// How far back they count, in hours.
    static let hours = 24
    /// More of them change nothing: the pause has reached its longest before, that of a site too.
    static let most = 800

    /// The same with further ones.
    func adding(_ more: Lapses?) -> Lapses {
        guard let more else { return self }
        return Lapses(count: count + more.count, last: max(last, more.last))
    }

    /// When whoever they are of may open an order again.
    ///
    /// - Parameters:
    ///   - free: so many cost nothing.
    ///   - pause: after the next one. Each further one doubles it.
    ///   - doublings: at most.
    func pauseEnd(free: Int, first pause: Duration, doublings: Int) -> Date {
        guard count > free else { return last }
        let doubled = min(count - free - 1, doublings)
        return last.addingTimeInterval(pause.seconds * Double(1 << doubled))
    }
}
