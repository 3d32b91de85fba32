import Text

/// The text form of bound values, written one after the other into one buffer.
package struct PostgresText: Sendable {
    /// The values' bytes; each value is ended by a NUL when the next one begins.
    private(set) var bytes: [UInt8] = []
    /// Whether the value that was written last is the SQL NULL.
    private(set) var isNull = false
    /// The reason why a value can't be sent. The query with this value fails when it is run.
    private(set) var refusal: String?

    init() {}

    /// Writes text as it is. Text with a NUL character is refused, since PostgreSQL cannot hold it.
    package mutating func append(_ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        if bytes[start...].contains(0) {
            refuse("text with a NUL character")
        }
    }

    /// Writes a whole number in decimal.
    package mutating func append(_ number: some FixedWidthInteger) {
        bytes.append(decimal: number)
    }

    /// Writes bytes that are known to be UTF-8 without a NUL.
    package mutating func append(bytes more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Lets a closure append such bytes.
    mutating func appendBytes(_ write: (inout [UInt8]) -> Void) {
        write(&bytes)
    }

    /// Writes one byte of ASCII.
    package mutating func append(ascii scalar: Unicode.Scalar) {
        bytes.append(UInt8(ascii: scalar))
    }

    /// Makes the value the SQL NULL.
    package mutating func appendNull() {
        isNull = true
    }

    /// Makes the query that holds this value fail when it is run.
    package mutating func refuse(_ reason: String) {
        refusal = refusal ?? reason
    }

    /// Writes one bound value, ended by a NUL.
    ///
    /// - Returns: where it begins in ``bytes``; `nil` for the SQL NULL.
    mutating func appendParameter(_ value: some PostgresEncodable) -> Int? {
        let start = bytes.count
        isNull = false
        value.encode(into: &self)
        guard !isNull else {
            bytes.removeSubrange(start...)
            return nil
        }
        bytes.append(0)
        return start
    }

    /// Writes one field of a row of COPY (PostgreSQL 15 manual, COPY, "Text Format").
    mutating func appendCopyField(_ value: some PostgresEncodable) {
        let start = bytes.count
        isNull = false
        value.encode(into: &self)
        if isNull {
            bytes.removeSubrange(start...)
            append("\\N")
        } else if bytes[start...].contains(where: { Self.copyEscape(of: $0) != nil }) {
            let plain = Array(bytes[start...])
            bytes.removeSubrange(start...)
            for byte in plain {
                if Self.copyEscape(of: byte) != nil { append(ascii: "\\") }
                bytes.append(Self.copyEscape(of: byte) ?? byte)
            }
        }
        isNull = false
    }

    /// What stands after a backslash for a byte that means something else in COPY.
    private static func copyEscape(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\\"): byte
        case UInt8(ascii: "\t"): UInt8(ascii: "t")
        case UInt8(ascii: "\n"): UInt8(ascii: "n")
        case UInt8(ascii: "\r"): UInt8(ascii: "r")
        default: nil
        }
    }

    /// Takes the bytes of another query's values over.
    mutating func append(_ other: PostgresText) {
        bytes.append(contentsOf: other.bytes)
        refusal = refusal ?? other.refusal
    }

    /// Writes values as a PostgreSQL array literal.
    package mutating func append(array: [some PostgresEncodable]) {
        append(ascii: "{")
        for (index, element) in array.enumerated() {
            if index > 0 { append(ascii: ",") }
            let start = bytes.count
            isNull = false
            element.encode(into: &self)
            if isNull {
                bytes.removeSubrange(start...)
                append("NULL")
            } else {
                quoteElement(from: start)
            }
        }
        isNull = false
        append(ascii: "}")
    }

    /// Puts an array's element between quotes when its bytes would otherwise have another meaning.
    private mutating func quoteElement(from start: Int) {
        guard start == bytes.count || !bytes[start...].allSatisfy(Self.isPlain) else { return }
        let escapes = bytes[start...].count(where: Self.isEscaped)
        // It works from the end, so that each byte is moved once.
        var source = bytes.count - 1
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: escapes + 2))
        var target = bytes.count - 2
        while source >= start {
            bytes[target] = bytes[source]
            target -= 1
            if Self.isEscaped(bytes[source]) {
                bytes[target] = UInt8(ascii: "\\")
                target -= 1
            }
            source -= 1
        }
        bytes[start] = UInt8(ascii: "\"")
    }

    /// Numbers and times need no quotes.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: byte.isDecimalDigit
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
