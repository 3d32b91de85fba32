/// How wrong tries slow the next one down.
package struct ThrottleRule: Sendable {
    /// How many wrong tries cost nothing.
    let free: Int
    /// How long to wait after the first one beyond these.
    let first: Duration
    /// The longest wait.
    let longest: Duration
    /// After how long without a try the count begins anew.
    let memory: Duration

    package init(free: Int, first: Duration, longest: Duration, memory: Duration) {
        self.free = free
        self.first = first
        self.longest = longest
        self.memory = memory
    }

    /// The same rule for several clients: with so many times the free tries.
    func times(_ clients: Int) -> ThrottleRule {
        let (free, overflows) = free.multipliedReportingOverflow(by: clients)
        return ThrottleRule(free: overflows ? self.free : free, first: first, longest: longest, memory: memory)
    }

    /// How long after a number of wrong tries the next may be made.
    func delay(after failures: Int) -> Duration {
        guard failures >= free else { return .zero }
        return min(longest, first * (1 << min(failures - free, 20)))
    }
}
