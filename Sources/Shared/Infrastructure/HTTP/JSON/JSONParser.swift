/// Reads JSON text strictly (RFC 8259): one value, UTF-8, no name twice in an object, no lone surrogates, bounded depth.
struct JSONParser {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 16
    /// How many members an object may have. The time of looking for repeated names grows with its square.
    static let maximumMembers = 256

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// - Throws: ``FieldIssue`` whose pointer names the place.
    static func parse(_ bytes: [UInt8]) throws(FieldIssue) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        parser.skipSpace()
        let value = try parser.value()
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.syntax("end_expected") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value() throws(FieldIssue) -> JSONValue {
        guard position < bytes.count else { throw syntax("ends_early") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { parser throws(FieldIssue) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(FieldIssue) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws(FieldIssue) -> JSONValue) throws(FieldIssue) -> JSONValue {
        guard depth < Self.maximumDepth else {
            throw FieldIssue("", "too_deep", ["limit": .integer(Int64(Self.maximumDepth))])
        }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func object() throws(FieldIssue) -> JSONValue {
        var members: [JSONMember] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw syntax("name_expected")
            }
            let name = try string()
            if members.contains(where: { $0.name == name }) {
                throw FieldIssue("", "duplicate_key").inside(name)
            }
            guard members.count < Self.maximumMembers else {
                throw FieldIssue("", "too_many_keys", ["limit": .integer(Int64(Self.maximumMembers))])
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw syntax("colon_expected").inside(name) }
            skipSpace()
            do {
                members.append(JSONMember(name: name, value: try value()))
            } catch {
                throw error.inside(name)
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw syntax("comma_expected") }
            return .object(members)
        }
    }

    private mutating func array() throws(FieldIssue) -> JSONValue {
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            skipSpace()
            do {
                values.append(try value())
            } catch {
                throw error.inside(String(values.count))
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw syntax("comma_expected") }
            return .array(values)
        }
    }

    private mutating func literal(_ text: String, _ value: JSONValue) throws(FieldIssue) -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw syntax("value_expected") }
        position += text.utf8.count
        return value
    }

    private mutating func number() throws(FieldIssue) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let firstDigit = position
        let integerDigits = skipDigits()
        guard integerDigits > 0 else { throw syntax("value_expected") }
        guard integerDigits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else { throw syntax("leading_zero") }
        let whole = bytes[firstDigit..<position]
        var fraction = bytes[position..<position]
        if take(UInt8(ascii: ".")) {
            let firstOfFraction = position
            guard skipDigits() > 0 else { throw syntax("digits_expected") }
            fraction = bytes[firstOfFraction..<position]
        }
        var exponent = 0
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let isSmall = !take(UInt8(ascii: "+")) && take(UInt8(ascii: "-"))
            let firstOfExponent = position
            guard skipDigits() > 0 else { throw syntax("digits_expected") }
            exponent = DecimalDigits.exponent(bytes[firstOfExponent..<position], isNegative: isSmall)
        }
        let number = DecimalDigits(whole: whole, fraction: fraction, exponent: exponent)
        if number.isWhole {
            if let integer = number.integer(isNegative: isNegative) { return .integer(integer) }
            if position == whole.endIndex { return .numberOutOfRange }
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            // A number that is too small for a double becomes zero.
            return number.isBelowOne ? .number(0) : .numberOutOfRange
        }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        return position - start
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func syntax(_ reason: String) -> FieldIssue {
        FieldIssue("", "malformed_json", ["reason": .string(reason), "byte": .integer(Int64(position))])
    }

    private mutating func string() throws(FieldIssue) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = String(validating: bytes[start..<position], as: UTF8.self)
                guard let text else { throw FieldIssue("", "invalid_utf8") }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(start: start)
            case 0..<0x20:
                throw syntax("control_character")
            default:
                position += 1
            }
        }
        throw syntax("ends_early")
    }

    /// The rest of a string in which an escape was found.
    private mutating func escapedString(start: Int) throws(FieldIssue) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw FieldIssue("", "invalid_utf8")
                }
                return text
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw syntax("control_character")
            default:
                text.append(byte)
            }
        }
        throw syntax("ends_early")
    }

    private mutating func escape() throws(FieldIssue) -> Unicode.Scalar {
        guard position < bytes.count else { throw syntax("ends_early") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw syntax("escape_unknown")
        }
    }

    private mutating func unicodeEscape() throws(FieldIssue) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800...0xDBFF).contains(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw loneSurrogate }
        let second = try hexadecimal()
        guard
            (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00))
        else { throw loneSurrogate }
        return scalar
    }

    private var loneSurrogate: FieldIssue {
        FieldIssue("", "lone_surrogate")
    }

    private mutating func hexadecimal() throws(FieldIssue) -> UInt32 {
        guard position + 4 <= bytes.count else { throw syntax("digits_expected") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = HexadecimalDigit.value(of: bytes[position]) else { throw syntax("digits_expected") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

/// The digits of base sixteen.
enum HexadecimalDigit {
    static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// JSON text, read as strictly as request bodies are.
package enum JSONText {
    /// - Throws: ``FieldIssue`` whose pointer names the wrong place.
    package static func value(_ text: String) throws(FieldIssue) -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    /// - Throws: ``FieldIssue`` whose pointer names the wrong place.
    package static func value(_ bytes: [UInt8]) throws(FieldIssue) -> JSONValue {
        try JSONParser.parse(bytes)
    }
}
