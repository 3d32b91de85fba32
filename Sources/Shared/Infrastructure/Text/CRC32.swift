/// The cyclic redundancy check of IEEE 802.3 (as in zlib and PNG): polynomial 0x04C11DB7, reflected, start and end inverted.
public enum CRC32 {
    public static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                let carry = remainder & 1
                remainder >>= 1
                if carry == 1 { remainder ^= 0xEDB8_8320 }
            }
        }
        return ~remainder
    }
}
