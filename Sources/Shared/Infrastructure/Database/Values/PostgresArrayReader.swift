/// Reads PostgreSQL's binary form of arrays.
///
/// Header: number of dimensions, flags, type of the elements, and for each dimension its length and lower bound, all 32 bits;
/// then each element with its length in front, -1 for NULL (PostgreSQL 15, src/backend/utils/adt/arrayfuncs.c, array_send).
enum PostgresArrayReader {
    static func elements<Element: PostgresDecodable>(of bytes: Span<UInt8>) throws(PostgresDecodingFailure) -> [Element] {
        let dimensions: Int32 = try bytes.bigEndian(at: 0)
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else { throw .unfit("an array of \(dimensions) dimensions") }
        let type = PostgresType(rawValue: try bytes.bigEndian(at: 8))
        let count: Int32 = try bytes.bigEndian(at: 12)
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        var offset = 20
        for _ in 0..<count {
            let length: Int32 = try bytes.bigEndian(at: offset)
            offset += 4
            guard length >= 0 else {
                elements.append(try Element.decodeNull())
                continue
            }
            guard offset + Int(length) <= bytes.count else { throw .unfit("an array that is cut off") }
            elements.append(try Element.decode(bytes.extracting(offset..<offset + Int(length)), as: type))
            offset += Int(length)
        }
        return elements
    }
}

extension Span<UInt8> {
    /// A number in network byte order.
    func bigEndian<Number: FixedWidthInteger>(at offset: Int) throws(PostgresDecodingFailure) -> Number {
        let size = Number.bitWidth / 8
        guard offset >= 0, offset + size <= count else { throw .unfit("\(count) bytes, too few") }
        var bits: UInt64 = 0
        for index in offset..<offset + size {
            bits = bits << 8 | UInt64(self[index])
        }
        return Number(truncatingIfNeeded: bits)
    }
}
