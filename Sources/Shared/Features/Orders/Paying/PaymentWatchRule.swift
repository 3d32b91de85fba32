/// When the gateway is asked about a payment of which it has told nothing: twice at most, since most notices come.
package enum PaymentWatchRule: Hashable, Sendable {
    /// What is read of a payment and of its order.
    package struct Facts: Hashable, Sendable {
        /// Whether both wait for the money.
        package var isOpen: Bool
        /// Whether it is the newest of the order's payments that were started.
        package var isNewest: Bool
        /// How often the gateway was asked.
        package var questions: Int
        /// Since it was started, in seconds.
        package var age: Double
        /// From its start to the end of the order's time, in seconds. Longer once the buyer has made a payment claim.
        package var time: Double

        package init(isOpen: Bool, isNewest: Bool, questions: Int, age: Double, time: Double) {
            self.isOpen = isOpen
            self.isNewest = isNewest
            self.questions = questions
            self.age = age
            self.time = time
        }
    }

    /// Nothing is to be asked any more.
    case over
    /// It is looked at again after so many seconds.
    case wait(seconds: Double)
    /// The gateway is asked, and if that decides nothing, it is looked at again after so many seconds; `nil`: never.
    case ask(thenAfter: Double?)

    /// How many questions there are about a payment.
    package static let mostQuestions = 2
    /// How long after the start the first is asked, in seconds.
    private static let firstAfter = 60.0
    /// How long before the end of the order's time the last is asked, in seconds: the answer must come while the seats are still held.
    private static let lastBefore = 30.0

    package init(_ facts: Facts) {
        // In the middle of a time that is shorter than both.
        let last = max(facts.time - Self.lastBefore, facts.time / 2)
        if !facts.isOpen || facts.questions >= Self.mostQuestions || facts.age >= facts.time {
            // After the end the trade is closed, and who closes it asks.
            self = .over
        } else if facts.age >= last {
            self = .ask(thenAfter: nil)
        } else if facts.age >= Self.firstAfter, facts.isNewest, facts.questions == 0 {
            self = .ask(thenAfter: last - facts.age)
        } else if facts.age >= Self.firstAfter || last <= Self.firstAfter {
            self = .wait(seconds: last - facts.age)
        } else {
            self = .wait(seconds: Self.firstAfter - facts.age)
        }
    }
}
