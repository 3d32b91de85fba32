/// The characters that a word is made of.
package struct Alphabet: Sendable {
    private let characters: [UInt8]

    /// - Parameter characters: ASCII characters in the order of their values.
    package init(_ characters: String) {
        self.characters = Array(characters.utf8)
    }

    /// Digits and letters in the order of ASCII, which is also the order of their values.
    package static let base62 = Alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    package func contains(_ byte: UInt8) -> Bool { characters.contains(byte) }

    /// A word that nobody can guess: each of its characters is equally likely.
    package func randomWord(_ length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return randomWord(length, using: &generator)
    }

    package func randomWord(_ length: Int, using generator: inout some RandomNumberGenerator) -> String {
        String(decoding: (0..<length).compactMap { _ in characters.randomElement(using: &generator) }, as: UTF8.self)
    }

    /// A number with the characters as its digits, most significant first, with zeros in front. Digits beyond the length are left out.
    package func text(of number: UInt64, length: Int) -> String {
        var rest = number
        var digits: [UInt8] = []
        for _ in 0..<length {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: UInt64(characters.count))
            digits.append(characters[Int(digit)])
            rest = quotient
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}

extension [UInt8] {
    /// Bytes that nobody can guess.
    package static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        // Eight bytes are made at a time, because each use of the generator is a system call.
        while bytes.count < count {
            let word: UInt64 = generator.next()
            let missing = count - bytes.count
            bytes.append(contentsOf: stride(from: 0, to: 64, by: 8).prefix(missing).map { UInt8(truncatingIfNeeded: word >> $0) })
        }
        return bytes
    }
}
