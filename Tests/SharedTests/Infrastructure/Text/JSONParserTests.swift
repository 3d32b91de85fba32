import Foundation
import Testing
import Text

@Suite("Reading JSON")
struct JSONParserTests {
    @Test("Each member's bytes are exactly its value, whatever blanks stand around it and whatever its strings hold")
    func members() throws {
        let text = #" { "a" : {"x":"} \" ]"} ,"b":[1, 2 ],"\u0063":"d" , "e":-1.5e3,"f":true ,"a":null} "#
        let bytes = Array(text.utf8)
        let members = try JSONParser.members(of: bytes, rules: .lenient)
        #expect(members.map(\.name) == ["a", "b", "c", "e", "f", "a"])
        let values = members.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
        #expect(values == [#"{"x":"} \" ]"}"#, "[1, 2 ]", #""d""#, "-1.5e3", "true", "null"])
        #expect(try JSONParser.members(of: Array(" {} ".utf8)).isEmpty)
        for text in ["", "[]", "1", "{", "{}{}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1"#] {
            #expect(throws: JSONFault.self) { try JSONParser.members(of: Array(text.utf8), rules: .lenient) }
        }
    }

    @Test("A fault says where it is")
    func places() {
        for (text, path, code) in [
            (#"{"a":[1,{"b":tru}]}"#, ["a", "1", "b"], "malformed_json"), (#"{"a":1,"a":2}"#, ["a"], "duplicate_key"),
            ("[[\"\\ud800\"]]", ["0", "0"], "lone_surrogate"), ("1 2", [], "malformed_json"),
        ] as [(String, [String], String)] {
            let fault = #expect(throws: JSONFault.self) { try JSONParser.parse(text) }
            #expect(fault?.path == path && fault?.code == code)
        }
    }

    @Test("Our clients are read strictly, peers leniently: repeated names, control characters, what is no Unicode, and deep nesting")
    func rules() throws {
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        for (bytes, code) in [
            (Array(#"{"a":1,"a":2}"#.utf8), "duplicate_key"), (Array("\"a\tb\"".utf8), "malformed_json"),
            ([0x22, 0xFF, 0x22], "invalid_utf8"),
            (Array(#""\udc00x\ud83c""#.utf8), "lone_surrogate"), (Array(deep.utf8), "too_deep"),
        ] as [([UInt8], String)] {
            let fault = #expect(throws: JSONFault.self) { try JSONParser.parse(bytes) }
            #expect(fault?.code == code)
            #expect(throws: Never.self) { try JSONParser.parse(bytes, rules: .lenient) }
        }
        #expect(try JSONParser.parse(#""\udc00x\ud83c\ud83c\udfac\u0041""#, rules: .lenient) == "\u{FFFD}x\u{FFFD}🎬A")
        let deepest = String(repeating: "[", count: 129) + String(repeating: "]", count: 129)
        #expect(throws: JSONFault.self) { try JSONParser.parse(deepest, rules: .lenient) }
    }

    /// A scanner that counts brackets and quotes only, as it stood in the gateway's folder before: both must find the same bytes.
    @Test("The bytes of the values are those that a scanner of brackets and quotes finds", arguments: 0..<40 as Range<UInt64>)
    func oracle(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        var found = 0
        for _ in 0..<250 {
            var bytes = Array(JSONMaker.object(depth: 4, using: &generator).utf8)
            let isWhole = Bool.random(using: &generator)
            if !isWhole { JSONMaker.damage(&bytes, using: &generator) }
            let scanned = BracketScanner.members(of: bytes)
            guard let members = try? JSONParser.members(of: bytes, rules: .lenient) else {
                // What we refuse, a decoder refuses too; but Foundation's takes a comma before the end of a list.
                #expect(!isWhole)
                if scanned != nil, !String(decoding: bytes, as: UTF8.self).contains(/,\s*[\]}]/) {
                    #expect((try? JSONSerialization.jsonObject(with: Data(bytes))) == nil, "\(bytes)")
                }
                continue
            }
            found += members.count
            let expected = try #require(scanned)
            #expect(members.map(\.bytes) == expected.map(\.value))
            for (member, scanned) in zip(members, expected) {
                // A decoder refuses some names that we read.
                if let name = try? JSONDecoder().decode(String.self, from: Data(bytes[scanned.name])) { #expect(member.name == name) }
            }
            // What is cut out is a value by itself, the same one.
            for member in members { #expect(try JSONParser.parse(Array(bytes[member.bytes]), rules: .lenient) == member.value) }
        }
        #expect(found > 250)
    }

    @Test("Any bytes are read or refused, and nothing else happens", arguments: 0..<20 as Range<UInt64>)
    func junk(seed: UInt64) {
        var generator = SplitMix(state: seed)
        let alphabet = Array(#"{}[]":,\u0dD8 tfn-1.e"#.utf8) + [0x00, 0x0A, 0x80, 0xC3, 0xFF]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...30, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) }
            let strict = try? JSONParser.parse(bytes)
            let lenient = try? JSONParser.parse(bytes, rules: .lenient)
            if let strict { #expect(lenient == strict) }
        }
    }
}

/// Makes JSON that is as odd as it may be.
private enum JSONMaker {
    static func object(depth: Int, using generator: inout SplitMix) -> String {
        let members = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            blank(&generator) + string(&generator) + blank(&generator) + ":" + blank(&generator)
                + value(depth: depth - 1, using: &generator) + blank(&generator)
        }
        return blank(&generator) + "{" + blank(&generator) + members.joined(separator: ",") + "}" + blank(&generator)
    }

    /// Changes, takes out or adds a few bytes.
    static func damage(_ bytes: inout [UInt8], using generator: inout SplitMix) {
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            guard let place = bytes.indices.randomElement(using: &generator) else { return }
            let byte = Array("{}[]\":,\\ x1".utf8).randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = byte
            case 1: bytes.remove(at: place)
            default: bytes.insert(byte, at: place)
            }
        }
    }

    private static func value(depth: Int, using generator: inout SplitMix) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return string(&generator)
        case 1: return "null"
        case 2: return Bool.random(using: &generator) ? "true" : "false"
        case 3: return String(Int.random(in: -1_000_000...1_000_000, using: &generator))
        case 4: return "\(Double.random(in: -1e9...1e9, using: &generator))"
        case 5:
            let count = Int.random(in: 0...4, using: &generator)
            let elements = (0..<count).map { _ in
                blank(&generator) + value(depth: depth - 1, using: &generator) + blank(&generator)
            }
            return "[" + (count == 0 ? blank(&generator) : elements.joined(separator: ",")) + "]"
        default:
            return object(depth: depth, using: &generator).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private static func string(_ generator: inout SplitMix) -> String {
        let pieces = [
            "a", "sign", "{", "}", "[", "]", ",", ":", " ", "\\\"", "\\\\", "\\/", "\\n", "\\u0041", "\\u7535", "\\ud83c\\udfac", "电", "🎬",
            "'",
        ]
        let content = (0..<Int.random(in: 0...6, using: &generator)).compactMap { _ in pieces.randomElement(using: &generator) }
        return "\"" + content.joined() + "\""
    }

    private static func blank(_ generator: inout SplitMix) -> String {
        ["", "", "", " ", "\n", "\t\r"].randomElement(using: &generator) ?? ""
    }
}

/// Finds values by their brackets and quotes, without reading them.
private struct BracketScanner {
    private let bytes: [UInt8]
    private var position = 0

    static func members(of bytes: [UInt8]) -> [(name: Range<Int>, value: Range<Int>)]? {
        var scanner = BracketScanner(bytes: bytes)
        return scanner.members()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func members() -> [(name: Range<Int>, value: Range<Int>)]? {
        var members: [(name: Range<Int>, value: Range<Int>)] = []
        skipSpace()
        guard take("{") else { return nil }
        skipSpace()
        if !take("}") {
            repeat {
                skipSpace()
                guard let name = skipString() else { return nil }
                skipSpace()
                guard take(":") else { return nil }
                skipSpace()
                guard let value = skipValue() else { return nil }
                members.append((name, value))
                skipSpace()
            } while take(",")
            guard take("}") else { return nil }
        }
        skipSpace()
        return position == bytes.count ? members : nil
    }

    private var next: Unicode.Scalar? { position < bytes.count ? Unicode.Scalar(bytes[position]) : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == character else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let character = next, [" ", "\t", "\n", "\r"].contains(character) { position += 1 }
    }

    private mutating func skipString() -> Range<Int>? {
        let start = position
        guard take("\"") else { return nil }
        while let character = next {
            position += 1
            if character == "\"" { return start..<position }
            if character == "\\" { position += 1 }
        }
        return nil
    }

    private mutating func skipValue() -> Range<Int>? {
        let start = position
        switch next {
        case "\"": return skipString()
        case "{", "[":
            var depth = 0
            while let character = next {
                switch character {
                case "\"":
                    guard skipString() != nil else { return nil }
                    continue
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                default: break
                }
                position += 1
                if depth == 0 { return start..<position }
            }
            return nil
        default:
            while let character = next, ![",", "}", " ", "\t", "\n", "\r"].contains(character) { position += 1 }
            return position > start ? start..<position : nil
        }
    }
}
