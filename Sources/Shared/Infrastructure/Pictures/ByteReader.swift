/// Reads numbers and marks out of bytes. What would lie outside of them is `nil`.
struct ByteReader {
    let bytes: [UInt8]

    enum Order {
        case big
        case little
    }

    /// A whole number without sign.
    ///
    /// - Parameter length: 1 to 4 bytes.
    func number(at offset: Int, length: Int, _ order: Order) -> Int? {
        guard let slice = slice(at: offset, length: length) else { return nil }
        switch order {
        case .big: return slice.reduce(0) { $0 << 8 | Int($1) }
        case .little: return slice.reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    func byte(at offset: Int) -> UInt8? {
        bytes.indices.contains(offset) ? bytes[offset] : nil
    }

    /// Whether these ASCII letters stand there.
    func has(_ text: String, at offset: Int) -> Bool {
        slice(at: offset, length: text.utf8.count)?.elementsEqual(text.utf8) ?? false
    }

    func slice(at offset: Int, length: Int) -> ArraySlice<UInt8>? {
        let (end, overflows) = offset.addingReportingOverflow(length)
        guard !overflows, offset >= 0, length >= 0, end <= bytes.count else { return nil }
        return bytes[offset..<end]
    }
}
