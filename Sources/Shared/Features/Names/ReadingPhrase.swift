package import Callers

/// A word in which Chinese characters are read otherwise than they are read alone: 厦门 is `xia men`, and 厦 alone is `sha`.
package struct ReadingPhrase: Hashable, Sendable {
    package let id: Int64
    /// In simplified characters.
    package let phrase: String
    /// In pinyin without tones, one syllable for each character, with blanks between them.
    package let reading: String
    /// Whether it is read so only where the name of a person begins with it.
    package let isSurname: Bool
    /// Raised by every change; the resource's ETag.
    package let version: Int64
}

/// A phrase that an administrator adds.
package struct NewReadingPhrase: Hashable, Sendable {
    package let phrase: String
    package let reading: String
    package let isSurname: Bool

    package init(phrase: String, reading: String, isSurname: Bool = false) {
        self.phrase = phrase
        self.reading = reading
        self.isSurname = isSurname
    }

    /// The same with the phrase as names are searched.
    ///
    /// - Parameter folded: the phrase in that form.
    /// - Throws: ``Refusal/phraseInvalid``, ``Refusal/readingInvalid``.
    func checked(folded: String) throws -> NewReadingPhrase {
        let isChinese = folded.unicodeScalars.allSatisfy { $0.properties.isIdeographic }
        guard isChinese, (isSurname ? 1...8 : 2...8).contains(folded.unicodeScalars.count) else { throw Refusal.phraseInvalid }
        try Self.check(reading, of: folded)
        return NewReadingPhrase(phrase: folded, reading: reading, isSurname: isSurname)
    }

    /// - Throws: ``Refusal/readingInvalid``.
    static func check(_ reading: String, of phrase: String) throws {
        let syllables = reading.split(separator: " ", omittingEmptySubsequences: false)
        guard syllables.count == phrase.unicodeScalars.count else {
            throw Refusal.readingInvalid.about(limit: phrase.unicodeScalars.count)
        }
    }
}

extension Refusal {
    /// A phrase that isn't two to eight Chinese characters; surnames may have one.
    package static let phraseInvalid = Refusal(.invalid(pointer: "/phrase"), "phrase_invalid")

    /// A reading that hasn't one syllable for each character.
    package static let readingInvalid = Refusal(.invalid(pointer: "/reading"), "reading_invalid")

    /// The phrase is there already.
    package static let phraseExists = Refusal(.conflict, "phrase_exists")
}
