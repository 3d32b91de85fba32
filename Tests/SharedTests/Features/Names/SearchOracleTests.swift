import Callers
import Database
import TestSupport
import Testing

@testable import Shared

/// Compares with pypinyin, and with a plain scan over what pypinyin says.
@Suite("Search beside an oracle")
struct SearchOracleTests {
    private struct Order: Encodable {
        let titles: [String]
        let made: Int
    }

    private struct Answer: Decodable {
        let titles: [Title]
    }

    private struct Title: Decodable, Hashable {
        let title: String
        let pinyin: String
        let initials: String
    }

    private static func made() async throws -> [Title] {
        let order = Order(titles: [], made: 2_000)
        return try await Oracle.python("pinyin_oracle.py", order, as: Answer.self, in: .identity).titles
    }

    /// Titles as our schema reads them, in one query.
    private static func ours(_ titles: [Title], in pool: PostgresPool) async throws -> [Title] {
        try await pool.rows(
            """
            SELECT listed.title, forms.pinyin, forms.initials
            FROM unnest(\(titles.map(\.title))::text[]) WITH ORDINALITY AS listed (title, place)
            CROSS JOIN search_forms(search_words(listed.title), FALSE) AS forms
            ORDER BY listed.place
            """
        ) { Title(title: try $0["title"], pinyin: try $0["pinyin"], initials: try $0["initials"]) }
    }

    @Test("reads 2,000 titles as pypinyin does, but for a few in a hundred words that hardly stand in titles")
    func readings() async throws {
        let titles = try await Self.made()
        try await withTestDatabase { pool in
            let differing = zip(titles, try await Self.ours(titles, in: pool)).filter { $0 != $1 }
            let list = differing.map { "\($0.title) \($0.pinyin) \($1.pinyin)" }.joined(separator: "\n")
            #expect(titles.count == 2_000 && differing.count <= 50, "\(differing.count), each with the oracle's reading and ours:\n\(list)")
        }
    }

    @Test("finds all that a plain scan finds, and nearly all with one letter wrong, missing, too many or swapped")
    func recall() async throws {
        let made = try await Self.made()
        try await withTestDatabase { pool in
            _ = try await MovieImport(PlacesImportTests.demoFile("movies.csv")).run(on: pool) { _, _ in }
            try await pool.execute(
                """
                INSERT INTO movies (title, duration_min, release_date, formats, languages, minimum_price_fen)
                SELECT title, 99, DATE '2026-01-01', '{2D}', '{Mandarin}', 3000
                FROM unnest(\(made.map(\.title))::text[]) AS title
                """)
            // Where readings differ, the test above says so.
            let titles = zip(made, try await Self.ours(made, in: pool)).filter { $0 == $1 }.map { $0.0 }
            let find: @Sendable (String) async throws -> [String] = { text in
                try await PlacesFixture.all(100) { try await Catalog().movies(MovieFilter(text: text), page: $0, in: pool) }.map(\.title)
            }
            var numbers = SeededNumbers(seed: 15, .movies)
            var (mistyped, missed) = (0, [String]())
            for title in stride(from: 0, to: titles.count, by: 16).map({ titles[$0] }) {
                let half = title.pinyin.count / 2
                let texts = [
                    title.title, String(title.title.prefix(2)), String(title.title.dropFirst().prefix(2)), title.initials,
                    String(title.initials.prefix(3)), title.pinyin, String(title.pinyin.prefix(half)), String(title.pinyin.dropFirst(half)),
                ]
                for text in texts {
                    let found = Set(try await find(text))
                    let scanned = titles.filter {
                        $0.title.contains(text) || $0.initials.hasPrefix(text) || text.count >= 3 && $0.pinyin.contains(text)
                    }
                    #expect(scanned.contains(title) && scanned.allSatisfy { found.contains($0.title) }, "\(text) for \(title)")
                }
                #expect(try await find(title.title).first == title.title)
                for text in Self.mistyped(title.pinyin, using: &numbers) {
                    mistyped += 1
                    if try await !find(text).contains(title.title) { missed.append("\(text) for \(title.pinyin)") }
                }
            }
            #expect(mistyped > 400 && missed.count * 20 <= mistyped, "\(missed.count) of \(mistyped): \(missed)")
        }
    }

    /// The text with one letter that is wrong, missing, too many, and in its neighbour's place.
    private static func mistyped(_ text: String, using numbers: inout SeededNumbers) -> [String] {
        let letters = Array(text)
        let place = numbers.below(letters.count - 1)
        let other = numbers.pick(Array("abcdefghijklmnopqrstuvwxyz"))
        var (wrong, missing, more, swapped) = (letters, letters, letters, letters)
        wrong[place] = other
        missing.remove(at: place)
        more.insert(other, at: place)
        swapped.swapAt(place, place + 1)
        return [wrong, missing, more, swapped].map { String($0) }
    }
}
