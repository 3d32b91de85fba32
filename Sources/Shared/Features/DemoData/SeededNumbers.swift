/// Numbers that follow from a seed and from what they are for, by SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators").
///
/// Each thing that is made has numbers of its own, so that another kind of thing, or one more, changes nothing in the others.
struct SeededNumbers: RandomNumberGenerator {
    /// What numbers are for.
    enum Purpose: UInt64 {
        case movies = 1
        case cities, cinemas, halls, showtimes, buyers, staff, orders, facilities, posters, photos
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    /// - Parameter index: which of the things, from 0.
    init(seed: Int, _ purpose: Purpose, _ index: Int = 0) {
        let place = purpose.rawValue &* 0x1_0000_0000_0000 &+ UInt64(truncatingIfNeeded: index)
        state = Self.mixed(UInt64(truncatingIfNeeded: seed) &+ Self.step) ^ Self.mixed(place)
    }

    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    private static func mixed(_ number: UInt64) -> UInt64 {
        var bits = number
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// From 0 to below the bound; 0 where there is nothing below it.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(bound, 0))).high)
    }

    mutating func isTrue(inPercent percent: Int) -> Bool { below(100) < percent }

    /// One of a list that isn't empty.
    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// The place of one of some weights, which are not all 0.
    mutating func place(in weights: [Int]) -> Int {
        var rest = below(weights.reduce(0, +))
        for (place, weight) in weights.enumerated() {
            if rest < weight { return place }
            rest -= weight
        }
        return 0
    }
}
