import Database

/// Names in the database, and the ways in which they are found: ``NameSearch``.
struct NameSearchStore: Sendable {
    /// How many names each way of finding yields at most, where the rank says which come first.
    private static let limit = 500
    /// How many names are read for them where no index has them in order. Of 100,000 titles 20,000 may hold a common word: to sort them all
    /// takes 10 ms, these 2 ms. Beyond them PostgreSQL chooses which it reads.
    private static let read = 2_000
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
        let names = Names(subject: subject, condition: condition, isWhole: isWhole)
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

    // MARK: The ways of finding

    /// A condition on the columns of a table of names.
    private struct Way {
        let condition: Query
        /// By which an index has what fulfils it in order; `nil` where none has.
        var order: Query?
    }

    private static func exact(_ searched: SearchedName) -> [Way] {
        (searched.hasCharacters ? [Way(condition: "names.folded = \(searched.folded)", order: "names.folded")] : [])
            + (searched.hasLetters ? [Way(condition: "names.pinyin = \(searched.pinyin)", order: "names.pinyin")] : [])
    }

    private static func begin(_ searched: SearchedName) -> [Way] {
        (searched.hasCharacters ? [begins("names.folded", with: searched.folded)] : [])
            + (searched.hasLetters ? [begins("names.pinyin", with: searched.pinyin)] : [])
    }

    private static func initials(_ searched: SearchedName) -> [Way] {
        guard searched.hasLetters else { return [] }
        let begin = begins("names.initials", with: searched.typed)
        guard searched.hasCharacters else { return [begin] }
        return [Way(condition: "\(begin.condition) AND names.folded LIKE \(searched.initialPattern + "%")", order: begin.order)]
    }

    private static func inside(_ searched: SearchedName) -> [Way] {
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
        return ways.map { Way(condition: $0) }
    }

    /// Characters that sound like those that are meant are the typing errors of Chinese.
    private static func sound(_ searched: SearchedName) -> [Way] {
        searched.hasLetters ? [] : [begins("names.pinyin", with: searched.pinyin)]
    }

    private static func begins(_ column: Query, with text: String) -> Way {
        // A range, which the index finds whatever the planner knows of the text. Nothing sorts behind the last scalar.
        Way(condition: "\(column) >= \(text) AND \(column) < \(text + "\u{10FFFF}")", order: column)
    }

    /// Names that are alike, where little else is found.
    private static func similar(_ searched: SearchedName, _ names: Names) -> Query {
        guard searched.pinyin.unicodeScalars.count >= 4 else { return "SELECT 0::bigint, 0 WHERE FALSE" }
        let likeness: Query = """
            SELECT \(names.id) AS id, 5000 + ((1 - similarity(names.pinyin, \(searched.pinyin))) * 999)::integer AS rank
            FROM \(names.table) AS names
            WHERE names.pinyin % \(searched.pinyin)
                AND setting.threshold IS NOT NULL
                AND \(names.condition ?? "TRUE")
            """
        // The operator's limit is a setting, here of this statement only. It is made before the names are read, since those depend on it.
        return """
            SELECT alike.id, alike.rank
            FROM (SELECT set_config('pg_trgm.similarity_threshold', \(String(searched.similarity)), TRUE) AS threshold) AS setting
            CROSS JOIN LATERAL (
                \(names.best(of: likeness))
            ) AS alike
            WHERE (SELECT count(DISTINCT found.id) FROM found) < \(enough)
            """
    }

    /// The table of the names of a kind.
    private struct Names {
        let subject: NamedSubject
        let condition: Query?
        /// Whether all are wanted that are found.
        let isWhole: Bool

        var table: Query { Query(unsafeSQL: "\(subject.rawValue)_names") }
        var id: Query { Query(unsafeSQL: "names.\(subject.rawValue)_id") }

        /// Among equals the list of movies has the newer one first, the others the older one.
        private var direction: Query { subject == .movie ? "DESC" : "ASC" }

        /// Those that are found in a way. Among equals the shorter name fits better.
        func found(_ way: Way, tier: Int) -> Query {
            let all: Query = """
                SELECT \(id) AS id, \(tier * 1000) + least(char_length(names.folded), 999) AS rank
                FROM \(table) AS names
                WHERE \([way.condition, condition].conjunction)
                """
            guard !isWhole, let order = way.order else { return "(\(best(of: all)))" }
            return "(\(all) ORDER BY \(order), \(id) \(direction) LIMIT \(NameSearchStore.limit))"
        }

        /// Those with the lowest ranks of a query that no index has in their order.
        func best(of all: Query) -> Query {
            // As its neighbour with a limit it is made as it stands, and not joined in another order to what is around it.
            guard !isWhole else { return "\(all) OFFSET 0" }
            return """
                SELECT candidates.id, candidates.rank
                FROM (\(all) LIMIT \(NameSearchStore.read)) AS candidates
                ORDER BY candidates.rank, candidates.id \(direction)
                LIMIT \(NameSearchStore.limit)
                """
        }
    }
}
