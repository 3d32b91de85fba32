/// The numbers of rows that an import added, changed, left unchanged and refused.
package struct ImportSummary: Equatable, Sendable, CustomStringConvertible {
    package internal(set) var added = 0
    package internal(set) var changed = 0
    package internal(set) var unchanged = 0
    package internal(set) var refusals: [RejectedRow] = []
    /// A line about each row of the file whose known error was mended.
    package internal(set) var mended: [String] = []

    init(refusals: [RejectedRow] = []) {
        self.refusals = refusals
    }

    /// `added 344, changed 0, unchanged 0, refused 0`.
    package var description: String {
        "added \(added), changed \(changed), unchanged \(unchanged), refused \(refusals.count)"
    }

    static func += (total: inout ImportSummary, part: ImportSummary) {
        total.added += part.added
        total.changed += part.changed
        total.unchanged += part.unchanged
        total.refusals += part.refusals
        total.mended += part.mended
    }
}
