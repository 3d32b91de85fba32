import Foundation

// The rules for text that people write. There are three kinds: names, which others see and distinguish; free text, which others read; and
// typed or scanned text, which is compared with something. The field kinds `name`, `freeText` and `typed` of API apply these rules to text
// that comes by HTTP, and the imports to text in files.

extension Unicode.Scalar {
    /// Whether nobody sees it and it may change what is seen: control and format characters, those that Unicode lets fonts ignore, and the
    /// separators of lines and paragraphs.
    package var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: properties.isDefaultIgnorableCodePoint
        }
    }
}

extension Unicode.Scalar {
    /// Whether it looks like nothing, or like something else on each device: what Unicode gives no shape, and the blanks that it doesn't call
    /// blanks (the empty braille pattern, the null notehead, a filler of Khitan), and the sign for what couldn't be read.
    fileprivate var hasNoShape: Bool {
        switch properties.generalCategory {
        case .unassigned, .privateUse, .surrogate: true
        default: [0x2800, 0xFFFD, 0x16FE4, 0x1D159].contains(value)
        }
    }

    /// Whether it is drawn onto the one before it.
    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}

extension String {
    /// The one spelling of text that looks alike by canonical equivalence (NFC): `é` is one scalar, whichever keyboard wrote it.
    package var composed: String {
        // Most text is ASCII, or Chinese without anything to compose; the former needs no look at all.
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }

    /// The one spelling of a name: composed, and several blanks in a row as one, since nobody sees how many they are. Line ends, which no name
    /// has, stay.
    package var spelledAsName: String {
        let composed = composed
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace && !scalar.isInvisible }
        guard zip(composed.unicodeScalars, composed.unicodeScalars.dropFirst()).contains(where: { isBlank($0) && isBlank($1) }) else {
            return composed
        }
        var kept = UnicodeScalarView()
        for scalar in composed.unicodeScalars {
            if isBlank(scalar), let last = kept.last, isBlank(last) {
                kept.removeLast()
                kept.append(" ")
            } else {
                kept.append(scalar)
            }
        }
        return String(kept)
    }

    /// Whether this is one line that a person would write as a name: not blank, no blanks around it, nothing invisible or without a shape, and
    /// marks such as accents only where they have a letter, at most ``mostMarks`` in a row.
    package var isPlainLine: Bool {
        guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return false }
        if first.properties.isWhitespace || last.properties.isWhitespace || first.isMark { return false }
        var marks = 0
        for scalar in unicodeScalars {
            // Most names are ASCII, of which only the control characters are nothing to see.
            if (0x20...0x7E).contains(scalar.value) {
                marks = 0
                continue
            }
            if scalar.isInvisible || scalar.hasNoShape { return false }
            marks = scalar.isMark ? marks + 1 : 0
            if marks > Self.mostMarks { return false }
        }
        return true
    }

    /// No language writes so many over one letter; more of them cover the lines around.
    private static var mostMarks: Int { 8 }

    /// The text without invisible characters and without blanks around it. Joiners and variation selectors inside of an emoji stay. Line
    /// breaks and tabs become blanks.
    package var cleaned: String {
        guard unicodeScalars.contains(where: \.isInvisible) else { return composed.trimmed }
        let scalars = Array(unicodeScalars)
        var kept = UnicodeScalarView()
        for (scalar, next) in zip(scalars, scalars.dropFirst().map(Optional.some) + [nil]) {
            if scalar.properties.isWhitespace, scalar.isInvisible {
                kept.append(" ")
            } else if !scalar.isInvisible || scalar.belongsToEmoji(after: kept.last, before: next) {
                kept.append(scalar)
            }
        }
        return String(kept).composed.trimmed
    }

    /// The beginning of the cleaned text, at most so many Unicode scalars long.
    package func cleaned(to length: Int) -> String {
        String(UnicodeScalarView(cleaned.unicodeScalars.prefix(length)))
    }

    /// What somebody meant who typed or scanned this: nothing invisible (a scanner's line end neither), full-width letters, digits and marks
    /// as the usual ones, no blanks around it.
    package var forgiven: String {
        guard utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else { return self }
        var kept = UnicodeScalarView()
        for scalar in unicodeScalars where !scalar.isInvisible { kept.append(scalar.narrowed) }
        return String(kept).trimmed
    }

    private var trimmed: String {
        guard
            let start = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(unicodeScalars[start...end])
    }
}

extension Unicode.Scalar {
    /// The usual form of a full-width one, as Chinese keyboards write them.
    fileprivate var narrowed: Unicode.Scalar {
        switch value {
        case 0x3000: " "
        case 0xFF01...0xFF5E: Unicode.Scalar(value - 0xFEE0) ?? self
        default: self
        }
    }

    private var isJoiner: Bool { value == 0x200D }
    private var isVariationSelector: Bool { (0xFE0E...0xFE0F).contains(value) }
    private var isTag: Bool { (0xE0020...0xE007F).contains(value) }
    /// A picture; digits, `#` and `*` are only the beginning of one.
    private var isPicture: Bool { properties.isEmoji && value > 0xFF }

    /// Whether this invisible scalar is part of an emoji that begins before it.
    fileprivate func belongsToEmoji(after previous: Unicode.Scalar?, before next: Unicode.Scalar?) -> Bool {
        guard let previous else { return false }
        if isJoiner { return (previous.isPicture || previous.isVariationSelector) && next?.isPicture == true }
        if isVariationSelector { return previous.properties.isEmoji }
        // The flags of England, Scotland and Wales are a black flag with the letters of a place behind it.
        return isTag && (previous.value == 0x1F3F4 || previous.isTag)
    }
}
