extension Duration {
    /// The time in seconds, with its fraction.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The time in whole nanoseconds; one of centuries is cut.
    package var nanoseconds: Int64 {
        let (seconds, overflows) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowsToo) = seconds.addingReportingOverflow(components.attoseconds / 1_000_000_000)
        guard overflows || overflowsToo else { return sum }
        return components.seconds < 0 ? .min : .max
    }
}
