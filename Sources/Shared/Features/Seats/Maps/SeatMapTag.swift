/// Names one state of a showtime's seats: two maps with the same tag show the same.
///
/// The revision alone doesn't: lapsing seat claims and new prices change the map without it.
package struct SeatMapTag: Hashable, Sendable {
    /// Grows with every change of a seat claim.
    package let revision: Int64
    /// How many seat claims have lapsed and count no longer.
    package let lapsed: Int
    /// The version of the showtime's plan.
    package let version: Int64

    package init(revision: Int64, lapsed: Int, version: Int64) {
        self.revision = revision
        self.lapsed = lapsed
        self.version = version
    }

    /// Reads a tag's text.
    ///
    /// - Returns: `nil` for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let revision = Int64(parts[0]), let lapsed = Int(parts[1]), let version = Int64(parts[2]) else {
            return nil
        }
        self.init(revision: revision, lapsed: lapsed, version: version)
    }

    package var text: String { "\(revision)-\(lapsed)-\(version)" }
}
