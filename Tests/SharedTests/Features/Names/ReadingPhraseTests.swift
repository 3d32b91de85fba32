import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Phrases with their readings")
struct ReadingPhraseTests {
    private func pinyin(_ pool: PostgresPool) async throws -> [String] {
        try await pool.rows("SELECT pinyin FROM movie_names") { try $0["pinyin"] as String }
    }

    @Test("change at once what names that hold them are found by")
    func effect() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let phrases = ReadingPhrases()
            _ = try await fixture.add(try fixture.newMovie("大曾行"))
            #expect(try await pinyin(pool) == ["dazengxing"])
            let added = try await pool.withTransaction {
                try await phrases.add(NewReadingPhrase(phrase: "曾行", reading: "zeng hang"), in: $0)
            }
            #expect(try await pinyin(pool) == ["dazenghang"])
            #expect(try await fixture.catalog.movies(MovieFilter(text: "dazengh"), page: PageRequest(), in: pool).items.count == 1)
            let changed = try await pool.withTransaction {
                try await phrases.change(added.id, version: 1, reading: "ceng hang", in: $0)
            }
            #expect(changed.version == 2 && changed.phrase == "曾行")
            #expect(try await pinyin(pool) == ["dacenghang"])
            try await pool.withTransaction { try await phrases.delete(added.id, version: 2, in: $0) }
            #expect(try await pinyin(pool) == ["dazengxing"])
        }
    }

    @Test("of surnames count at the beginning of people's names only")
    func surnames() async throws {
        try await withTestDatabase { pool in
            let (phrases, catalog) = (ReadingPhrases(), Catalog())
            for name in ["牟田", "田牟"] {
                _ = try await pool.withTransaction { try await catalog.addPerson(NewPerson(name: name), in: $0) }
            }
            _ = try await pool.withTransaction {
                try await phrases.add(NewReadingPhrase(phrase: "牟", reading: "moo", isSurname: true), in: $0)
            }
            #expect(try await catalog.people(text: "mootian", page: PageRequest(), in: pool).items.map(\.name) == ["牟田"])
            #expect(try await catalog.people(text: "tianmou", page: PageRequest(), in: pool).items.map(\.name).first == "田牟")
        }
    }

    @Test("are refused that are no Chinese words, have too many syllables, or are there already; traditional ones are the same")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let phrases = ReadingPhrases()
            let add: @Sendable (String, String, Bool) async throws -> ReadingPhrase = { phrase, reading, isSurname in
                let new = NewReadingPhrase(phrase: phrase, reading: reading, isSurname: isSurname)
                return try await pool.withTransaction { try await phrases.add(new, in: $0) }
            }
            for phrase in ["hero", "英", "英雄2", "英雄 hero", "。。"] {
                await expectRefusal("phrase_invalid") { try await add(phrase, "ying xiong", false) }
            }
            await expectRefusal("reading_invalid") { try await add("英雄", "ying", false) }
            await expectRefusal("reading_invalid") { try await add("英雄", "ying  xiong", false) }
            let added = try await add("東長", "dong zhang", false)
            #expect(added.phrase == "东长")
            await expectRefusal("phrase_exists") { try await add("东长", "dong chang", false) }
            await expectRefusal("stale") {
                try await pool.withTransaction { try await phrases.change(added.id, version: 7, reading: "dong chang", in: $0) }
            }
            await expectRefusal("reading_invalid") {
                try await pool.withTransaction { try await phrases.change(added.id, version: nil, reading: "dong", in: $0) }
            }
            await expectRefusal("stale") { try await pool.withTransaction { try await phrases.delete(added.id, version: 7, in: $0) } }
            await expectRefusal("not_found") { try await phrases.phrase(999_999, in: pool) }
            let listed = try await PlacesFixture.all(100) { try await phrases.phrases(page: $0, in: pool) }
            #expect(listed.contains(added) && listed.contains { $0.phrase == "厦门" && $0.reading == "xia men" })
        }
    }
}
