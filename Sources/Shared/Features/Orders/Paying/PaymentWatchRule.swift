/// When the gateway is asked about a payment for which it has sent no notice. It is asked twice at most, because most notices come.
package enum PaymentWatchRule: Hashable, Sendable {
    /// The facts about a payment and its order that the rule needs.
    package struct Facts: Hashable, Sendable {
        /// Whether the payment and the order both wait for the money.
        package var isOpen: Bool
        /// Whether it is the newest of the order's payments that were started.
        package var isNewest: Bool
        /// How often the gateway was asked.
        package var questions: Int
        /// The time since the payment was started, in seconds.
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

    /// No question is left to ask.
    case over
    /// The payment is looked at again after so many seconds.
    case wait(seconds: Double)
    /// The gateway is asked now. If the answer decides nothing, the payment is looked at again after so many seconds; `nil` for never.
    case ask(thenAfter: Double?)

    /// The highest number of questions about a payment.
    package static let mostQuestions = 2
    /// The time from the start to the first question, in seconds.
    private static let firstAfter = 60.0
    /// The time from the last question to the end of the order's time, in seconds. The answer must come while the seats are still held.
    private static let lastBefore = 30.0

    package init(_ facts: Facts) {
        // When the order's time is very short, the last question is asked in its middle.
        let last = max(facts.time - Self.lastBefore, facts.time / 2)
        if !facts.isOpen || facts.questions >= Self.mostQuestions || facts.age >= facts.time {
            // After the order's time the trade is closed, and the closing asks the gateway.
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
