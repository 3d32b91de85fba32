package import Callers
import Database
package import Text

/// What a page about a movie tells besides the facts by which it is scheduled.
package struct MovieContent: Hashable, Sendable {
    /// In the language in which it was made.
    package var originalTitle: String?
    /// Under which people know it too.
    package var otherTitles: [String] = []
    package var synopsis: String?
    /// Where it was made.
    package var countries: [String] = []
    /// What the audience should know beforehand.
    package var contentNotice: String?
    /// The first day of showings before the release.
    package var previewDate: CalendarDay?
    /// URLs.
    package var trailers: [String] = []
    /// The national platform's code: country (3), medium (1), number (4) and year (4) of the licence.
    package var filmCode: String?
    /// The id in the registry of the Entertainment Identifier Registry Association: `10.5240/` and 20 hexadecimal digits with a check digit.
    package var eidr: String?

    package init() {}

    /// The rules that go beyond a field's bounds.
    ///
    /// - Throws: ``Refusal`` that points at the wrong field.
    func check(releaseDate: CalendarDay) throws {
        try originalTitle?.requirePlainLine(at: "/original_title")
        try otherTitles.requireDistinctNames(at: "/other_titles")
        try countries.requireDistinctNames(at: "/countries")
        try trailers.requireDistinctNames(at: "/trailers")
        if let previewDate, previewDate > releaseDate {
            throw Refusal.previewAfterRelease.with("release_date", .text(releaseDate.description))
        }
        guard eidr.map(Self.hasCheckDigit) ?? true else { throw Refusal.eidrCheckDigitWrong }
    }

    /// Whether the last character of an EIDR is the check digit of the 20 before it (ISO 7064, mod 37,36).
    static func hasCheckDigit(_ eidr: String) -> Bool {
        let digits = eidr.dropFirst("10.5240/".count).utf8.compactMap { byte -> Int? in
            switch byte {
            case _ where byte.isDecimalDigit: byte.decimalDigit
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
            default: nil
            }
        }
        guard digits.count == 21, let check = digits.last else { return false }
        let product = digits.dropLast().reduce(36) { product, digit in
            let sum = (product + digit) % 36
            return (sum == 0 ? 36 : sum) * 2 % 37
        }
        return (product + check) % 36 == 1
    }
}

/// A change of some of it; `nil` leaves a field as it is, and `.some(nil)` clears it.
package struct MovieContentChange: Hashable, Sendable {
    package var originalTitle: String??
    package var otherTitles: [String]?
    package var synopsis: String??
    package var countries: [String]?
    package var contentNotice: String??
    package var previewDate: CalendarDay??
    package var trailers: [String]?
    package var filmCode: String??
    package var eidr: String??

    package init() {}

    /// What a movie tells after the change.
    package func applied(to content: MovieContent) -> MovieContent {
        var changed = content
        changed.originalTitle = originalTitle ?? content.originalTitle
        changed.otherTitles = otherTitles ?? content.otherTitles
        changed.synopsis = synopsis ?? content.synopsis
        changed.countries = countries ?? content.countries
        changed.contentNotice = contentNotice ?? content.contentNotice
        changed.previewDate = previewDate ?? content.previewDate
        changed.trailers = trailers ?? content.trailers
        changed.filmCode = filmCode ?? content.filmCode
        changed.eidr = eidr ?? content.eidr
        return changed
    }
}

extension Refusal {
    /// The first showings before the release come after it.
    package static let previewAfterRelease = Refusal(.invalid(pointer: "/preview_date"), "preview_after_release")

    /// A mistyped EIDR.
    package static let eidrCheckDigitWrong = Refusal(.invalid(pointer: "/eidr"), "eidr_check_digit_wrong")

    /// Another movie has this film code.
    package static let filmCodeTaken = Refusal(.conflict, "film_code_taken")

    /// Another movie has this EIDR.
    package static let eidrTaken = Refusal(.conflict, "eidr_taken")
}
