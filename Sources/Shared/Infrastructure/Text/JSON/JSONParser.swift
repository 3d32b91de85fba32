/// Reads JSON text (RFC 8259): one value, and nothing after it.
///
/// The same parser reads two kinds of text. Our clients' text is read strictly. The text of peers whom we can't change is read leniently,
/// because it is proved by a signature over its bytes, not by its form.
package struct JSONParser {
    /// How large a text may be, and which faults are allowed in it.
    package struct Rules: Sendable {
        /// How deep arrays and objects may nest.
        let maximumDepth: Int
        /// How many members an object may have. The time of looking for repeated names grows with its square.
        let maximumMembers: Int
        /// Whether a name may stand twice in an object, a string may contain control characters without an escape, and bytes that are not
        /// Unicode become the replacement character.
        let isLenient: Bool

        package static let strict = Rules(maximumDepth: 16, maximumMembers: 256, isLenient: false)
        package static let lenient = Rules(maximumDepth: 128, maximumMembers: .max, isLenient: true)
    }

    /// A member of the outermost object, and the position of its value.
    package struct LocatedMember: Sendable {
        package let name: String
        package let value: JSONValue
        /// The positions of the value's bytes, without the blanks around the value.
        package let bytes: Range<Int>
    }

    private let bytes: [UInt8]
    private let rules: Rules
    private var position = 0
    private var depth = 0

    package static func parse(_ bytes: [UInt8], rules: Rules = .strict) throws(JSONFault) -> JSONValue {
        var parser = JSONParser(bytes: bytes, rules: rules)
        return try parser.whole { parser throws(JSONFault) in try parser.value() }
    }

    package static func parse(_ text: String, rules: Rules = .strict) throws(JSONFault) -> JSONValue {
        try parse(Array(text.utf8), rules: rules)
    }

    /// Reads text that is an object, with the position of each member's value in the bytes.
    package static func members(of bytes: [UInt8], rules: Rules = .strict) throws(JSONFault) -> [LocatedMember] {
        var parser = JSONParser(bytes: bytes, rules: rules)
        return try parser.whole { parser throws(JSONFault) in
            guard parser.take(UInt8(ascii: "{")) else { throw parser.syntax("object_expected") }
            parser.depth += 1
            var ranges: [Range<Int>] = []
            let members = try parser.members { ranges.append($0) }
            return zip(members, ranges).map { LocatedMember(name: $0.name, value: $0.value, bytes: $1) }
        }
    }

    private init(bytes: [UInt8], rules: Rules) {
        self.bytes = bytes
        self.rules = rules
    }

    /// Reads something, and checks that nothing but blanks follows it.
    private mutating func whole<Result>(
        _ read: (inout JSONParser) throws(JSONFault) -> Result
    ) throws(JSONFault) -> Result {
        skipSpace()
        let result = try read(&self)
        skipSpace()
        guard position == bytes.count else { throw syntax("end_expected") }
        return result
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        guard position < bytes.count else { throw syntax("ends_early") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONFault) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONFault) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws(JSONFault) -> JSONValue) throws(JSONFault) -> JSONValue {
        guard depth < rules.maximumDepth else {
            throw JSONFault("too_deep", ["limit": .integer(Int64(rules.maximumDepth))])
        }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func object() throws(JSONFault) -> JSONValue {
        .object(try members { _ in })
    }

    /// The members of an object whose opening brace was read.
    ///
    /// - Parameter locate: receives the position of each value, in the same order.
    private mutating func members(_ locate: (Range<Int>) -> Void) throws(JSONFault) -> [JSONMember] {
        var members: [JSONMember] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw syntax("name_expected")
            }
            let name = try string()
            if !rules.isLenient, members.contains(where: { $0.name == name }) {
                throw JSONFault("duplicate_key").inside(name)
            }
            guard members.count < rules.maximumMembers else {
                throw JSONFault("too_many_keys", ["limit": .integer(Int64(rules.maximumMembers))])
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw syntax("colon_expected").inside(name) }
            skipSpace()
            let start = position
            do {
                let value = try self.value()
                members.append(JSONMember(name: name, value: value))
                locate(start..<position)
            } catch {
                throw error.inside(name)
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw syntax("comma_expected") }
            return members
        }
    }

    private mutating func array() throws(JSONFault) -> JSONValue {
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

    private mutating func literal(_ text: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw syntax("value_expected") }
        position += text.utf8.count
        return value
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
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
        while position < bytes.count, bytes[position].isDecimalDigit { position += 1 }
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

    private func syntax(_ reason: String) -> JSONFault {
        JSONFault("malformed_json", ["reason": .string(reason), "byte": .integer(Int64(position))])
    }

    private mutating func string() throws(JSONFault) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try self.text(bytes[start..<position])
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(start: start)
            case 0..<0x20 where !rules.isLenient:
                throw syntax("control_character")
            default:
                position += 1
            }
        }
        throw syntax("ends_early")
    }

    /// The rest of a string in which an escape was found.
    private mutating func escapedString(start: Int) throws(JSONFault) -> String {
        var content = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try text(content[...])
            case UInt8(ascii: "\\"):
                content.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20 where !rules.isLenient:
                throw syntax("control_character")
            default:
                content.append(byte)
            }
        }
        throw syntax("ends_early")
    }

    private func text(_ content: ArraySlice<UInt8>) throws(JSONFault) -> String {
        if let text = String(validating: content, as: UTF8.self) { return text }
        guard rules.isLenient else { throw JSONFault("invalid_utf8") }
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
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

    private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let end = position
        if (0xD800...0xDBFF).contains(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let second = try hexadecimal()
            if (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00)) {
                return scalar
            }
        }
        guard rules.isLenient else { throw JSONFault("lone_surrogate") }
        // The text after the lone half may be a character of its own.
        position = end
        return "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        guard position + 4 <= bytes.count else { throw syntax("digits_expected") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hexadecimal.value(of: bytes[position]) else { throw syntax("digits_expected") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

/// The reason why text can't be read as JSON.
package struct JSONFault: Error, Hashable, Sendable {
    /// A stable snake_case word.
    package let code: String
    /// What else is told, such as `limit`.
    package let members: [JSONMember]
    /// The names and indices that lead to the place, from the outermost value.
    package private(set) var path: [String] = []

    init(_ code: String, _ members: KeyValuePairs<String, JSONValue> = [:]) {
        self.code = code
        self.members = members.map { JSONMember(name: $0.key, value: $0.value) }
    }

    /// The same fault with a path that begins at the enclosing value.
    func inside(_ name: String) -> JSONFault {
        var fault = self
        fault.path.insert(name, at: 0)
        return fault
    }
}
