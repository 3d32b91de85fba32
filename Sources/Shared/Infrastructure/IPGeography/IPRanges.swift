/// Ranges of IP addresses in ascending order, each with its place. They are three flat arrays, because there are millions of ranges.
struct IPRanges<Bits: FixedWidthInteger & Sendable>: Sendable {
    private var firsts: [Bits] = []
    private var lasts: [Bits] = []
    private var places: [UInt32] = []

    /// Adds a range after all others.
    ///
    /// - Returns: whether the range lies after all others, and doesn't end before it begins. Otherwise nothing is added.
    mutating func append(_ first: Bits, _ last: Bits, place: UInt32) -> Bool {
        guard first <= last, lasts.last.map({ $0 < first }) ?? true else { return false }
        firsts.append(first)
        lasts.append(last)
        places.append(place)
        return true
    }

    /// The place of an address, by binary search.
    func place(of bits: Bits) -> UInt32? {
        var (low, high) = (0, firsts.count)
        // The first range that begins after the address lies in low...high.
        while low < high {
            let middle = (low + high) / 2
            if firsts[middle] <= bits { low = middle + 1 } else { high = middle }
        }
        guard low > 0, bits <= lasts[low - 1] else { return nil }
        return places[low - 1]
    }
}
