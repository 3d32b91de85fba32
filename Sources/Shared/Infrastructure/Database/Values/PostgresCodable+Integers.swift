import Text

extension FixedWidthInteger {
    /// Reads a whole number of any width, if the value fits. `numeric` is read too, because `sum(bigint)` gives it.
    static func decodeWhole(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Self {
        let number: Int64
        switch type {
        case .bigint: number = try bytes.bigEndian(at: 0)
        case .integer: number = Int64(try bytes.bigEndian(at: 0) as Int32)
        case .smallint: number = Int64(try bytes.bigEndian(at: 0) as Int16)
        case .oid: number = Int64(try bytes.bigEndian(at: 0) as UInt32)
        case .numeric: number = try decodeNumeric(bytes)
        default: throw .typeMismatch
        }
        guard let exact = Self(exactly: number) else { throw .unfit("\(number) is out of range") }
        return exact
    }

    /// Reads a numeric that is a whole number.
    ///
    /// Header: count of digits, weight of the first, sign, scale, all 16 bits; then digits to the base of 10000
    /// (PostgreSQL 15, src/backend/utils/adt/numeric.c, numeric_send).
    private static func decodeNumeric(_ bytes: Span<UInt8>) throws(PostgresDecodingFailure) -> Int64 {
        let count: Int16 = try bytes.bigEndian(at: 0)
        let weight: Int16 = try bytes.bigEndian(at: 2)
        let sign: UInt16 = try bytes.bigEndian(at: 4)
        guard sign == 0 || sign == 0x4000 else { throw .unfit("a numeric that isn't finite") }
        guard count <= weight + 1 else { throw .unfit("a numeric with decimals; cast it in the query") }
        guard count > 0 else { return 0 }
        guard weight < 5 else { throw .unfit("a numeric out of range") }
        var number: Int64 = 0
        for place in 0...Int(weight) {
            let digit: Int16 = place < count ? try bytes.bigEndian(at: 8 + 2 * place) : 0
            let (product, overflowsProduct) = number.multipliedReportingOverflow(by: 10_000)
            let (sum, overflowsSum) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflowsProduct, !overflowsSum else { throw .unfit("a numeric out of range") }
            // The sum is kept negative, because the most negative number has no positive counterpart.
            number = sum
        }
        guard sign == 0 else { return number }
        guard number != .min else { throw .unfit("a numeric out of range") }
        return -number
    }
}

extension Int: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(self) }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Int {
        try decodeWhole(bytes, as: type)
    }
}

extension Int64: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(self) }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Int64 {
        try decodeWhole(bytes, as: type)
    }
}

extension Int32: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(self) }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Int32 {
        try decodeWhole(bytes, as: type)
    }
}

extension Int16: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(self) }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Int16 {
        try decodeWhole(bytes, as: type)
    }
}

/// A byte alone is a small number; an array of bytes is `bytea`.
extension UInt8: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(self) }

    package static func encode(array: [UInt8], into text: inout PostgresText) {
        text.append(ascii: "\\")
        text.append(ascii: "x")
        text.appendBytes { bytes in
            for byte in array { bytes.append(hexadecimal: byte) }
        }
    }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> UInt8 {
        try decodeWhole(bytes, as: type)
    }

    package static func decode(array bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> [UInt8] {
        switch type {
        case .bytea, .json: bytes.copied()
        case .jsonb: bytes.extracting(1...).copied()
        default: throw .typeMismatch
        }
    }

}

extension Span<UInt8> {
    /// The bytes as an array.
    func copied() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in indices { bytes.append(self[index]) }
        return bytes
    }
}
