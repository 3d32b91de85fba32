package import Foundation

/// What keeps people from holding seats that they don't buy. It is about orders that are opened online; a clerk sees who stands at the counter.
package struct SquattingRules: Hashable, Sendable {
    /// Whether a second unpaid order needs a phone number or e-mail address that its owner has proved. Off where no codes can be sent.
    package var needsContact: Bool
    /// How many hundredths of a showtime's sellable seats the unpaid orders of one address block may hold.
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

    /// When somebody of an address block may. Of 300 seconds the longest pause is 80 minutes.
    func pauseEnd(ofAddressBlock lapses: Lapses) -> Date {
        lapses.pauseEnd(free: addressLapses, first: pause, doublings: 4)
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
    /// More of them change nothing: the pause has reached its longest before.
    static let most = 50

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
