import Foundation

extension UUID {
    /// A version 7 UUID (RFC 9562). It begins with the milliseconds, so that new rows lie beside each other in the index.
    static func timeOrdered(at now: Date = Date()) -> UUID {
        // Not UUID(), which opens /dev/urandom each time.
        var generator = SystemRandomNumberGenerator()
        return timeOrdered(at: now, using: &generator)
    }

    /// The same with random bits out of a generator.
    static func timeOrdered(at now: Date, using generator: inout some RandomNumberGenerator) -> UUID {
        let milliseconds = UInt64(max(0, now.timeIntervalSince1970 * 1000))
        let (high, low) = (generator.next(), generator.next())
        func time(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: milliseconds >> shift) }
        func random(_ word: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> shift) }
        return UUID(
            uuid: (
                time(40), time(32), time(24), time(16), time(8), time(0),
                0x70 | (random(high, 8) & 0x0F), random(high, 0),
                0x80 | (random(low, 56) & 0x3F), random(low, 48), random(low, 40), random(low, 32), random(low, 24), random(low, 16),
                random(low, 8), random(low, 0)
            )
        )
    }
}
