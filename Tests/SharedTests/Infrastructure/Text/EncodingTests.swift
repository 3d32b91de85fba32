import Foundation
import Testing
import Text

@Suite("Bytes as text")
struct EncodingTests {
    private func bytes(_ generator: inout SplitMix) -> [UInt8] {
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    @Test("Hexadecimal digits are those of the standard library, two for each byte")
    func hexadecimal() {
        for byte in UInt8.min ... .max {
            let (high, low) = (byte >> 4, byte & 15)
            #expect([byte].hexadecimal == String(high, radix: 16) + String(low, radix: 16))
            #expect(Hexadecimal.value(of: byte).map(Int.init) == Character(Unicode.Scalar(byte)).hexDigitValue)
            #expect(Hexadecimal.upperCaseDigit(low) == String(low, radix: 16, uppercase: true).utf8.first)
        }
        #expect([UInt8]().hexadecimal == "")
        #expect([0x00, 0x0F, 0xA0, 0xFF].hexadecimal == "000fa0ff")
    }

    @Test("A UUID is written as Foundation writes it, in lower case")
    func uuid() {
        for _ in 0..<100 {
            let uuid = UUID()
            var text: [UInt8] = []
            text.append(uuid)
            #expect(String(decoding: text, as: UTF8.self) == uuid.uuidString.lowercased())
        }
    }

    @Test("Base64url is base64 in other characters and without padding", arguments: 0..<20 as Range<UInt64>)
    func base64URL(seed: UInt64) {
        var generator = SplitMix(state: seed)
        for _ in 0..<50 {
            let bytes = bytes(&generator)
            let text = Base64URL.encode(bytes)
            let standard = Data(bytes).base64EncodedString()
            #expect(text == String(standard.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" }))
            #expect(Base64URL.decode(text) == bytes)
            #expect(UnpaddedBase64.encode(bytes) == standard.filter { $0 != "=" })
            #expect(UnpaddedBase64.decode(UnpaddedBase64.encode(bytes)) == bytes)
        }
    }

    @Test(
        "Other characters, padding and impossible lengths are no base64",
        arguments: ["A", "AAAAA", "AA==", "AA=", "A A", "AA\n", "ÄÄ", "A*"])
    func noBase64(text: String) {
        #expect(Base64URL.decode(text) == nil)
        #expect(UnpaddedBase64.decode(text) == nil)
    }

    @Test("Each of both has characters of its own")
    func ownCharacters() {
        #expect(Base64URL.decode("-_-_") == [0xFB, 0xFF, 0xBF] && UnpaddedBase64.decode("-_-_") == nil)
        #expect(UnpaddedBase64.decode("+/+/") == [0xFB, 0xFF, 0xBF] && Base64URL.decode("+/+/") == nil)
    }

    @Test("Peers' base64 is read with either characters, with or without padding")
    func lenientBase64() {
        for text in ["-_8", "-_8=", "+/8", "+/8=", "-/8", "+_8="] { #expect(Base64URL.decodeLeniently(text) == [0xFB, 0xFF]) }
        #expect(Base64URL.decodeLeniently("") == [])
        for text in ["A", "AAAAA", "A A", "AA\n", "ÄÄ", "A*"] { #expect(Base64URL.decodeLeniently(text) == nil) }
    }

    @Test(
        "Base32 as in RFC 4648",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
        ])
    func base32(plain: String, text: String) {
        #expect(Base32.encode(plain.utf8) == text)
    }

    @Test(
        "CRC-32 agrees with zlib",
        arguments: [
            ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)]
    )
    func checksum(text: String, expected: UInt32) {
        #expect(CRC32.checksum(of: text.utf8) == expected)
    }

    @Test("Percent-encoding leaves the unreserved characters of RFC 3986 alone and is undone by Foundation and by us")
    func percent() {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        #expect(PercentEncoding.encode(unreserved) == unreserved)
        for text in ["", " ", "a b+c", "100%", "%41", "票 = ticket & seat?", "é\u{0}\n", "🎬/~"] {
            let encoded = PercentEncoding.encode(text)
            #expect(encoded.utf8.allSatisfy { unreserved.utf8.contains($0) || $0 == UInt8(ascii: "%") })
            #expect(encoded.removingPercentEncoding == text)
            #expect(PercentEncoding.decode(encoded[...]) == text)
            #expect(PercentEncoding.decode(encoded[...], plusIsSpace: true) == text)
        }
        #expect(PercentEncoding.form([("a b", "1&2"), ("c", "")]) == "a%20b=1%262&c=")
    }

    @Test("A plus is a space in forms only; broken escapes and bytes that aren't UTF-8 are refused as text")
    func percentDecoding() {
        #expect(PercentEncoding.decode("a+b") == "a+b" && PercentEncoding.decode("a+b", plusIsSpace: true) == "a b")
        for broken in ["%", "%4", "%4g", "%g4", "a%", "%%41"] {
            #expect(PercentEncoding.decode(broken[...]) == nil)
            #expect(PercentEncoding.decode(bytes: broken.utf8) == nil)
        }
        #expect(PercentEncoding.decode("%FF") == nil && PercentEncoding.decode(bytes: "%FF".utf8) == [0xFF])
        #expect(PercentEncoding.decode("%e7%A5%a8") == "票")
        let pairs = PercentEncoding.pairs("a=1&b&=2&&c=x%3Dy=z&a=+")
        #expect(pairs?.map(\.name) == ["a", "b", "", "c", "a"] && pairs?.map(\.value) == ["1", "", "2", "x=y=z", " "])
        #expect(PercentEncoding.pairs("a=%") == nil && PercentEncoding.pairs("%zz") == nil)
    }

    @Test("Decimal numbers are those of the standard library, with zeros in front up to a width")
    func decimal() {
        for number in [0, 1, 9, 10, 99, 100, 12_345, Int.max, -1, -10, Int.min] {
            var text: [UInt8] = []
            text.append(decimal: number)
            #expect(String(decoding: text, as: UTF8.self) == String(number))
        }
        #expect(String(7, width: 3) == "007" && String(1234, width: 3) == "1234" && String(0, width: 0) == "0")
        var clock: [UInt8] = []
        clock.append(secondOfDay: 86_399)
        #expect(String(decoding: clock, as: UTF8.self) == "23:59:59")
        #expect("0123".utf8.decimalNumber(digits: 4...4) == 123)
        #expect("999999999999999999".utf8.decimalNumber(digits: 1...18) == 999_999_999_999_999_999)
        for (text, digits) in [("", 1...3), ("1234", 1...3), ("-1", 1...3), ("1 ", 1...3), ("１", 1...3), ("9999999999999999999", 1...99)] {
            #expect("\(text)".utf8.decimalNumber(digits: digits) == nil)
        }
    }

    @Test("Random words have their length, nothing but their alphabet, all of it, and don't repeat")
    func randomWords() {
        let alphabet = Alphabet("abc123")
        var characters: Set<Character> = []
        var words: Set<String> = []
        for _ in 0..<500 {
            let word = alphabet.randomWord(20)
            #expect(word.count == 20 && word.utf8.allSatisfy(alphabet.contains))
            characters.formUnion(word)
            words.insert(word)
        }
        #expect(characters == Set("abc123") && words.count == 500)
        #expect(alphabet.randomWord(0) == "")
    }

    @Test("A number in base62 has the digits of its alphabet, most significant first")
    func base62() {
        #expect(Alphabet.base62.text(of: 0, length: 6) == "000000")
        #expect(Alphabet.base62.text(of: 61, length: 2) == "0z")
        #expect(Alphabet.base62.text(of: 62, length: 2) == "10")
        #expect(Alphabet.base62.text(of: UInt64(UInt32.max), length: 6) == "4gfFC3")
    }

    @Test("Random bytes are as many as were asked for, and don't repeat")
    func randomBytes() {
        for count in 0...40 {
            #expect([UInt8].random(count).count == count)
        }
        #expect(Set((0..<500).map { _ in [UInt8].random(16) }).count == 500)
        // Each place takes each value, sooner or later.
        let places = (0..<8_000).map { _ in [UInt8].random(11) }
        for place in 0..<11 { #expect(Set(places.map { $0[place] }).count == 256) }
    }
}
