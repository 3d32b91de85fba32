import Callers
import Database
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Search by any text")
struct NameFuzzTests {
    private static let blocks: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x61...0x7A, 0x30...0x39, 0xA0...0x24F, 0x300...0x36F, 0x370...0x52F, 0x590...0x6FF, 0x900...0x97F, 0xE00...0xE7F,
        0x1100...0x11FF, 0x2000...0x206F, 0x2150...0x218F, 0x2E80...0x2FDF, 0x3000...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xAC00...0xD7A3, 0xE000...0xE0FF, 0xF900...0xFAFF, 0xFE00...0xFEFF, 0xFF00...0xFFEF, 0x1F300...0x1F6FF, 0x20000...0x2A6DF,
        0xE0000...0xE01EF, 0x10FF00...0x10FFFF,
    ]
    private static let specials = [
        "%", "_", "\\", "'", "''", "\"", "$$", "--", ";", "{", "}", ",", "\t", "\n", "\u{1}", "\u{7F}", "\u{FFFD}", "的",
    ]

    /// One text of each length up to 100 out of one block, one out of all, and one out of what is special to SQL, patterns and arrays.
    private static func texts() -> [String] {
        var numbers = SeededNumbers(seed: 15, .movies)
        return (1...100).flatMap { length in
            let block = numbers.pick(blocks)
            return [
                scalars(length) { block },
                scalars(length) { numbers.pick(blocks) },
                (0..<length).map { _ in numbers.pick(specials) }.joined().prefixOfScalars(100),
            ]
            func scalars(_ count: Int, from range: () -> ClosedRange<UInt32>) -> String {
                var text = String.UnicodeScalarView()
                while text.count < count {
                    let range = range()
                    let value = range.lowerBound + UInt32(numbers.below(range.count))
                    if let scalar = Unicode.Scalar(value) { text.append(scalar) }
                }
                return String(text)
            }
        }
    }

    @Test("finds what has just that name, and never fails", arguments: NamedSubject.allCases)
    func fuzz(subject: NamedSubject) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let texts = Self.texts()
            // Names are kept as clients may give them.
            let names = texts.filter { $0.isPlainLine }
            #expect(names.count > 30)
            switch subject {
            case .movie:
                try await pool.execute(
                    """
                    INSERT INTO movies (title, duration_min, release_date, formats, languages, minimum_price_fen)
                    SELECT name, 99, DATE '2026-01-01', '{2D}', '{Mandarin}', 3000
                    FROM unnest(\(names)::text[]) AS name
                    """)
            case .person:
                try await pool.execute("INSERT INTO people (name) SELECT name FROM unnest(\(names)::text[]) AS name")
            case .cinema:
                try await fixture.city(1)
                let merchantID = try await fixture.merchant()
                try await pool.execute(
                    """
                    INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                    SELECT \(merchantID), name, 1, 'district', 'street', 31, 121, '', 300
                    FROM unnest(\(names)::text[]) AS name
                    """)
            }
            for text in texts {
                let found = try await PlacesFixture.all(100) { page -> Page<String> in
                    switch subject {
                    case .movie: try await Catalog().movies(MovieFilter(text: text), page: page, in: pool).map(\.title)
                    case .person: try await Catalog().people(text: text, page: page, in: pool).map(\.name)
                    case .cinema: try await Places().cinemas(CinemaFilter(scope: .everybody, text: text), page: page, in: pool).map(\.name)
                    }
                }
                #expect(Set(found.map(Spelling.init)).count == found.count, "\(text.debugDescription): twice")
                if text.isPlainLine { #expect(found.contains { Spelling($0) == Spelling(text) }, "\(text.debugDescription)") }
            }
        }
    }

    /// A text that equals none but the very same scalars.
    private struct Spelling: Hashable {
        let scalars: [UInt32]

        init(_ text: String) { scalars = text.unicodeScalars.map(\.value) }
    }
}

extension String {
    fileprivate func prefixOfScalars(_ count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}
