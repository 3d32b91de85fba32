import Database
import Text

/// What somebody types to find a movie, a person or a cinema, in the forms in which names are stored beside them (`search_forms` in the
/// schema).
struct SearchedName: Hashable, Sendable {
    /// Without blanks and marks, in lower case and simplified characters.
    let folded: String
    /// With Chinese characters by their readings.
    let pinyin: String
    /// With Chinese characters by their first letters.
    let typed: String
    /// Its characters and pairs of neighbours that are not Latin.
    let grams: [String]

    /// Whether something in it isn't Latin.
    var hasCharacters: Bool { !grams.isEmpty }
    /// Whether it is pinyin, initials or English, as a whole or in parts.
    var hasLetters: Bool { !hasCharacters || folded.utf8.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } }
    /// The grams that a name has which holds it: pairs, or the only character.
    var neededGrams: [String] {
        let pairs = grams.filter { $0.unicodeScalars.count == 2 }
        return pairs.isEmpty ? grams : pairs
    }
    /// A pattern of LIKE in which a letter stands for any character, since it is the initial of one.
    var initialPattern: String {
        String(folded.unicodeScalars.map { (97...122).contains($0.value) ? "_" : Character($0) }).escapedForLike(keeping: "_")
    }
    /// How alike the trigrams of two texts are at least of which one has a letter that is wrong, missing, too many, or in its neighbour's place.
    /// Of n letters a text has n + 1 trigrams, and the last of these mistakes changes four of them. One that a text has twice counts once, so
    /// one less is asked for, which also leaves room for PostgreSQL's rounding to single precision.
    var similarity: Double {
        let length = Double(pinyin.unicodeScalars.count)
        return max(0.2, (length - 4) / (length + 4))
    }
}

/// The kinds of things that are found by name.
package enum NamedSubject: String, CaseIterable, Sendable {
    case movie
    case person
    case cinema
}

/// Finds things by what people type.
///
/// Found are, in this order: the name itself, names that begin with it, names with these initials, names that hold it, and names that are
/// alike; in each case as it is written or as it sounds.
struct NameSearch: Sendable {
    private let store = NameSearchStore()

    /// - Returns: `nil` when there is nothing to see in the text.
    func searched(_ text: String, in session: some PostgresSession) async throws -> SearchedName? {
        try await store.searched(text.forgiven, in: session)
    }

    /// A query of what is found: its `id`, and its `rank`, which is the lower the better the name fits.
    ///
    /// - Parameters:
    ///   - condition: on the row of a name, which is called `names`; `nil` takes all.
    ///   - isWhole: whether it yields all names that are found, not only some hundreds for each way of finding. A list needs them where
    ///     something else than the rank says which come first.
    static func hits(
        of searched: SearchedName, among subject: NamedSubject, where condition: Query? = nil, isWhole: Bool = false
    ) -> Query {
        NameSearchStore.hits(of: searched, among: subject, where: condition, isWhole: isWhole)
    }
}

extension String {
    /// The text as a pattern of LIKE that means itself.
    ///
    /// - Parameter keeping: a wildcard that stays one.
    func escapedForLike(keeping: Unicode.Scalar? = nil) -> String {
        var escaped = UnicodeScalarView()
        for scalar in unicodeScalars {
            if ["%", "_", "\\"].contains(scalar), scalar != keeping { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
