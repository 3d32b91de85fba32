import Foundation

extension UUID {
    /// A version 7 UUID (RFC 9562): milliseconds first, so that new rows lie beside each other in the index.
    static func timeOrdered(at now: Date = Date()) -> UUID {
        let milliseconds = UInt64(max(0, now.timeIntervalSince1970 * 1000))
        let random = UUID().uuid
        func time(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: milliseconds >> shift) }
        return UUID(
            uuid: (
                time(40), time(32), time(24), time(16), time(8), time(0),
                0x70 | (random.0 & 0x0F), random.1,
                0x80 | (random.8 & 0x3F), random.9, random.10, random.11, random.12, random.13, random.14, random.15
            )
        )
    }
}
