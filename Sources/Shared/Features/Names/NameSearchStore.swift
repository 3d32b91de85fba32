import Database

/// Names in the database, and the ways in which they are found: ``NameSearch``.
struct NameSearchStore: Sendable {
    /// How many names are looked at for each way of finding, where the rank says which come first.
    private static let limit = 500
    /// With so many found, nobody has made a typing error.
    private static let enough = 10

    /// - Returns: `nil` when there is nothing in the text but blanks.
    func searched(_ text: String, in session: some PostgresSession) async throws -> SearchedName? {
        try await session.row(
            """
            SELECT forms.folded, forms.pinyin, forms.typed, forms.grams
            FROM search_words(\(text)) AS words
            CROSS JOIN search_forms(words, FALSE) AS forms
            WHERE words <> ''
            """
        ) { row in
            SearchedName(folded: try row["folded"], pinyin: try row["pinyin"], typed: try row["typed"], grams: try row["grams"])
        }
    }

    /// A query of what is found: its `id`, and its `rank`, which is the lower the better the name fits.
    ///
    /// - Parameters:
    ///   - condition: on the row of a name; `nil` takes all.
    ///   - isWhole: whether it yields all names that are found, however many.
    static func hits(of searched: SearchedName, among subject: NamedSubject, where condition: Query?, isWhole: Bool) -> Query {
        let names = Names(subject: subject, condition: condition, limit: isWhole ? nil : limit)
        let exact = exact(searched).map { names.found($0, tier: 0) }
        let others = [begin(searched), initials(searched), inside(searched), sound(searched)].enumerated().flatMap { tier, ways in
            ways.map { names.found($0, tier: tier + 1) }
        }
        return """
            WITH found (id, rank) AS MATERIALIZED (
                \((exact + others).joined(separator: " UNION ALL "))
            ), likenesses (id, rank) AS (
                \(similar(searched, names))
            )
            SELECT everything.id, min(everything.rank) AS rank
            FROM (SELECT * FROM found UNION ALL SELECT * FROM likenesses) AS everything
            GROUP BY everything.id
            """
    }

    // MARK: The ways of finding, as conditions on the columns of a table of names

    private static func exact(_ searched: SearchedName) -> [Query] {
        (searched.hasCharacters ? ["names.folded = \(searched.folded)"] : [])
            + (searched.hasLetters ? ["names.pinyin = \(searched.pinyin)"] : [])
    }

    private static func begin(_ searched: SearchedName) -> [Query] {
        (searched.hasCharacters ? [begins("names.folded", with: searched.folded)] : [])
            + (searched.hasLetters ? [begins("names.pinyin", with: searched.pinyin)] : [])
    }

    private static func initials(_ searched: SearchedName) -> [Query] {
        guard searched.hasLetters else { return [] }
        let begin = begins("names.initials", with: searched.typed)
        guard searched.hasCharacters else { return [begin] }
        return ["\(begin) AND names.folded LIKE \(searched.initialPattern + "%")"]
    }

    private static func inside(_ searched: SearchedName) -> [Query] {
        var ways: [Query] = []
        if searched.hasCharacters {
            ways.append("names.grams @> \(searched.neededGrams)::text[] AND strpos(names.folded, \(searched.folded)) > 0")
        }
        // Fewer letters are in almost every name, and have no trigram by which an index could find them.
        if searched.hasLetters, searched.pinyin.unicodeScalars.count >= 3 {
            ways.append("names.pinyin LIKE \("%" + searched.pinyin.escapedForLike() + "%")")
        }
        if searched.hasLetters, searched.typed.unicodeScalars.count >= 3 {
            let holds: Query = "names.initials LIKE \("%" + searched.typed.escapedForLike() + "%")"
            ways.append(searched.hasCharacters ? "\(holds) AND names.folded LIKE \("%" + searched.initialPattern + "%")" : holds)
        }
        return ways
    }

    /// Characters that sound like those that are meant are the typing errors of Chinese.
    private static func sound(_ searched: SearchedName) -> [Query] {
        searched.hasLetters ? [] : [begins("names.pinyin", with: searched.pinyin)]
    }

    private static func begins(_ column: Query, with text: String) -> Query {
        // A range, which the index finds whatever the planner knows of the text. Nothing sorts behind the last scalar.
        "\(column) >= \(text) AND \(column) < \(text + "\u{10FFFF}")"
    }

    /// Names that are alike, where little else is found.
    private static func similar(_ searched: SearchedName, _ names: Names) -> Query {
        guard searched.pinyin.unicodeScalars.count >= 4 else { return "SELECT 0::bigint, 0 WHERE FALSE" }
        // The operator's limit is a setting, here of this statement only. It is made before the names are read, since those depend on it.
        return """
            SELECT alike.id, alike.rank
            FROM (SELECT set_config('pg_trgm.similarity_threshold', \(String(searched.similarity)), TRUE) AS threshold) AS setting
            CROSS JOIN LATERAL (
                SELECT \(names.id) AS id, 5000 + ((1 - similarity(names.pinyin, \(searched.pinyin))) * 999)::integer AS rank
                FROM \(names.table) AS names
                WHERE names.pinyin % \(searched.pinyin)
                    AND setting.threshold IS NOT NULL
                    AND \(names.condition ?? "TRUE")
                LIMIT \(names.limit)
            ) AS alike
            WHERE (SELECT count(DISTINCT found.id) FROM found) < \(enough)
            """
    }

    /// The table of the names of a kind.
    private struct Names {
        let subject: NamedSubject
        let condition: Query?
        /// How many are looked at for each way of finding; `nil` for all.
        let limit: Int?

        var table: Query { Query(unsafeSQL: "\(subject.rawValue)_names") }
        var id: Query { Query(unsafeSQL: "names.\(subject.rawValue)_id") }

        /// Those that are found in a way. Among equals the shorter name fits better.
        func found(_ way: Query, tier: Int) -> Query {
            """
            (
                SELECT \(id) AS id, \(tier * 1000) + least(char_length(names.folded), 999) AS rank
                FROM \(table) AS names
                WHERE \([way, condition].conjunction)
                LIMIT \(limit)
            )
            """
        }
    }
}
