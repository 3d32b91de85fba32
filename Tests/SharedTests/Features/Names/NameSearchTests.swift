import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Search by name")
struct NameSearchTests {
    private static let titles = [
        "战狼Ⅱ", "长津湖", "西虹市首富", "唐人街探案", "厦门往事", "臥虎藏龍", "绿皮书", "2001太空漫游", "The Godfather Part II", "Amélie", "Rocky V",
        "It's a Wonderful Life", "WALL·E", "???",
    ]

    private func found(_ text: String, in pool: PostgresPool, limit: Int = 20) async throws -> [String] {
        try await PlacesFixture.all(limit) { try await Catalog().movies(MovieFilter(text: text), page: $0, in: pool) }.map(\.title)
    }

    @Test("finds characters, pinyin, initials, mixtures, English, numerals and typing errors")
    func found() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for title in Self.titles { _ = try await fixture.add(try fixture.newMovie(title)) }
            for (text, title) in [
                ("西虹市首富", "西虹市首富"), ("首富", "西虹市首富"), ("富", "西虹市首富"), ("xhssf", "西虹市首富"), ("XHS", "西虹市首富"),
                ("xihongshishoufu", "西虹市首富"), ("xi hong shi", "西虹市首富"), ("shoufu", "西虹市首富"), ("西hssf", "西虹市首富"),
                ("xi虹市", "西虹市首富"), ("西虹shi", "西虹市首富"), ("ssf", "西虹市首富"), ("战狼2", "战狼Ⅱ"), ("战狼ii", "战狼Ⅱ"),
                ("战狼Ⅱ", "战狼Ⅱ"), ("ZhanLang 2", "战狼Ⅱ"), ("zl2", "战狼Ⅱ"), ("长津胡", "长津湖"), ("changjinhu", "长津湖"),
                ("changjinghu", "长津湖"), ("cjh", "长津湖"), ("长", "长津湖"), ("xiamen", "厦门往事"), ("卧虎", "臥虎藏龍"), ("臥虎藏龍", "臥虎藏龍"),
                ("龙", "臥虎藏龍"), ("ｗｏｈｕ", "臥虎藏龍"), ("lvpishu", "绿皮书"), ("lupishu", "绿皮书"), ("taikong", "2001太空漫游"),
                ("2001", "2001太空漫游"), ("godfather", "The Godfather Part II"), ("the godfather part 2", "The Godfather Part II"),
                ("GODFATHER PART II", "The Godfather Part II"), ("godfathr part 2", "The Godfather Part II"),
                ("tgp2", "The Godfather Part II"),
                ("amelie", "Amélie"), ("Ame\u{301}lie", "Amélie"), ("amelei", "Amélie"), ("rocky 5", "Rocky V"), ("rocky v", "Rocky V"),
                ("its a wonder", "It's a Wonderful Life"), ("it’s a", "It's a Wonderful Life"), ("iawl", "It's a Wonderful Life"),
                ("wall-e", "WALL·E"), ("walle", "WALL·E"), ("?", "???"), ("《西虹市首富》", "西虹市首富"),
            ] {
                let titles = try await found(text, in: pool)
                #expect(titles.first == title, "\(text): \(titles)")
            }
            for text in ["qqq", "%", "_", "\\", "'; DROP TABLE movies; --", "鑫", "مرحبا", "🎬", "\u{FFFD}"] {
                #expect(try await found(text, in: pool) == [], "\(text)")
            }
            // Nothing to search by is no filter.
            #expect(try await found("　 ", in: pool).count == Self.titles.count)
            #expect(try await found(String(repeating: "长", count: 100), in: pool) == [])
        }
    }

    @Test(
        "puts the name itself before those that begin with it, have these initials, hold it and are alike, page by page",
        arguments: [1, 2, 20])
    func order(limit: Int) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let english = ["Heri", "My Hero", "Happy End Right On", "Hero Returns Again", "Hero Returns", "Hero"]
            let chinese = ["老英雄", "英雄本色", "英雄", "樱熊"]
            for title in english + chinese { _ = try await fixture.add(try fixture.newMovie(title)) }
            #expect(
                try await found("hero", in: pool, limit: limit)
                    == ["Hero", "Hero Returns", "Hero Returns Again", "Happy End Right On", "My Hero", "Heri"])
            #expect(try await found("英雄", in: pool, limit: limit) == ["英雄", "英雄本色", "老英雄", "樱熊"])
        }
    }

    @Test("yields of more names than it looks at the same ones each time, each once, and the best of them", arguments: ["a", "ove", "爱"])
    func many(text: String) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await pool.withTransaction { transaction in
                // Their names are written for the search too, which takes its time where the machine is busy.
                try await transaction.execute("SET LOCAL statement_timeout = '120s'")
                try await transaction.execute(
                    """
                    INSERT INTO movies (title, duration_min, release_date, formats, languages, genres, minimum_price_fen)
                    SELECT opening || 'a lover''s ' || i, 99, '2002-10-24', '{2D}', '{Mandarin}', '{}', 3000
                    FROM unnest(ARRAY['am ', '这个可爱的 ']) AS opening
                    CROSS JOIN generate_series(1000, 1599) AS i
                    """
                )
            }
            // The shortest that is found, and the last one by row.
            let shortest = ["a": "Am", "ove": "Dove", "爱": "我爱"][text, default: ""]
            _ = try await fixture.add(try fixture.newMovie(shortest))
            let first = try await found(text, in: pool, limit: 7)
            #expect(first.first == shortest)
            #expect(first.count >= 500 && Set(first).count == first.count)
            for limit in [7, 100] { #expect(try await found(text, in: pool, limit: limit) == first) }
            // Other rows change where names lie, not which are found.
            try await pool.execute("UPDATE movies SET title = title WHERE id % 3 = 0")
            try await pool.execute("VACUUM ANALYZE movie_names")
            #expect(try await found(text, in: pool, limit: 100) == first)
        }
    }

    @Test("goes with states and other orders, and refuses cursors of others")
    func filters() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for (title, state) in [("Hero B", MovieState.showing), ("Hero A", .showing), ("Hero", .ended)] {
                _ = try await fixture.add(try fixture.newMovie(title, state: state))
            }
            let titles: @Sendable (MovieFilter) async throws -> [String] = { filter in
                try await PlacesFixture.all(1) { try await Catalog().movies(filter, page: $0, in: pool) }.map(\.title)
            }
            #expect(try await titles(MovieFilter(state: .showing, text: "hero")) == ["Hero A", "Hero B"])
            #expect(try await titles(MovieFilter(text: "hero", order: .title)) == ["Hero", "Hero A", "Hero B"])
            #expect(try await titles(MovieFilter(text: "hero", order: .newest)) == ["Hero", "Hero A", "Hero B"])
            for keys in [
                ["title", "1", "1"], ["relevance", "x", "1"], ["relevance", "1", "\(Int64.min)"], ["relevance", "99999999999", "1"],
            ] {
                await expectRefusal("cursor_invalid") {
                    let page = PageRequest(cursor: PageCursor(keys).text)
                    _ = try await Catalog().movies(MovieFilter(text: "hero"), page: page, in: pool)
                }
            }
        }
    }

    @Test("follows changes of names, and deletion")
    func changes() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let movie = try await fixture.add(try fixture.newMovie("Hero"))
            var content = MovieContentChange()
            content.originalTitle = .some("英雄")
            content.otherTitles = ["Ying xiong"]
            let change = MovieChange(title: "Heros", content: content)
            _ = try await pool.withTransaction { try await fixture.catalog.changeMovie(movie.id, version: nil, change, in: $0) }
            for text in ["heros", "英雄", "ying xiong", "yx"] {
                #expect(try await found(text, in: pool) == ["Heros"], "\(text)")
            }
            try await pool.withTransaction { try await fixture.catalog.deleteMovie(movie.id, version: nil, in: $0) }
            #expect(try await found("heros", in: pool) == [])
            #expect(try await pool.rows("SELECT folded FROM movie_names") { try $0["folded"] as String } == [])
        }
    }

    @Test("finds people by their names, surnames as they are read in names")
    func people() async throws {
        try await withTestDatabase { pool in
            let catalog = Catalog()
            for (name, others) in [("单田芳", []), ("李连杰", ["Jet Li"]), ("成龙", ["Jackie Chan"]), ("Jet", [])] as [(String, [String])] {
                _ = try await pool.withTransaction { try await catalog.addPerson(NewPerson(name: name, otherNames: others), in: $0) }
            }
            for (text, names) in [
                ("shantianfang", ["单田芳"]), ("stf", ["单田芳"]), ("jet", ["Jet", "李连杰"]), ("jackie chan", ["成龙"]), ("李", ["李连杰"]),
                ("lilianjei", ["李连杰"]),
            ] {
                let found = try await PlacesFixture.all(1) { try await catalog.people(text: text, page: $0, in: pool) }
                #expect(found.map(\.name) == names, "\(text)")
            }
            await expectRefusal("cursor_invalid") {
                _ = try await catalog.people(text: "jet", page: PageRequest(cursor: PageCursor(["x", "1"]).text), in: pool)
            }
        }
    }

    @Test("finds each real title by itself, its beginning and its initials, and nearly each with a letter wrong")
    func recall() async throws {
        try await withTestDatabase { pool in
            _ = try await MovieImport(PlacesImportTests.demoFile("movies.csv")).run(on: pool) { _, _ in }
            let titles = try await pool.rows("SELECT title FROM movies ORDER BY id") { try $0["title"] as String }
            var (mistyped, missed) = (0, 0)
            for title in titles {
                let words = title.lowercased().split { !$0.isLetter && !$0.isNumber }
                let begin = String(title.prefix(max(3, title.count / 2)))
                // Apostrophes don't part words.
                let initials = title.contains { "'’".contains($0) } ? title : words.compactMap { $0.first.map(String.init) }.joined()
                for text in [title, begin, title.uppercased()] + (words.contains { $0.contains { $0.isNumber } } ? [] : [initials]) {
                    let found = try await PlacesFixture.all(100) { try await Catalog().movies(MovieFilter(text: text), page: $0, in: pool) }
                    #expect(found.contains { $0.title == title }, "\(text) for \(title)")
                }
                guard title.count >= 6 else { continue }
                var letters = Array(title)
                letters[letters.count / 2] = letters[letters.count / 2] == "q" ? "z" : "q"
                mistyped += 1
                let found = try await PlacesFixture.all(100) {
                    try await Catalog().movies(MovieFilter(text: String(letters)), page: $0, in: pool)
                }
                if !found.contains(where: { $0.title == title }) { missed += 1 }
            }
            #expect(mistyped > 50 && missed * 20 <= mistyped, "\(missed) of \(mistyped)")
        }
    }

    @Test("reads Chinese as people do, by phrases where characters alone say it wrong")
    func readings() async throws {
        try await withTestDatabase { pool in
            for (title, pinyin) in [
                ("长津湖", "changjinhu"), ("长沙", "changsha"), ("长春", "changchun"), ("长城", "changcheng"), ("厦门", "xiamen"), ("六安", "luan"),
                ("单县", "shanxian"), ("银行", "yinhang"), ("音乐", "yinyue"), ("会计", "kuaiji"), ("大都会", "daduhui"), ("还珠格格", "huanzhugege"),
                ("重庆", "chongqing"), ("重要", "zhongyao"), ("哪吒之魔童降世", "nezhazhimotongjiangshi"), ("成长", "chengzhang"),
                ("2001太空漫游", "2001taikongmanyou"), ("女儿国", "nuerguo"), ("尉迟恭", "yuchigong"),
            ] {
                let read = try await pool.row("SELECT pinyin FROM search_forms(search_words(\(title)), FALSE)") {
                    try $0["pinyin"] as String
                }
                #expect(read == pinyin)
            }
        }
    }

    @Test("takes every name from an index, also of one character", arguments: NamedSubject.allCases)
    func plans(subject: NamedSubject) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for text in ["长", "长津湖", "cjh", "x", "xi虹市", "西hss", "战狼2", "the godfather"] {
                let searched = try #require(try await NameSearch().searched(text, in: pool))
                let plan = try await fixture.plan(NameSearch.hits(of: searched, among: subject))
                #expect(!plan.contains("Seq Scan on \(subject.rawValue)_names"), "\(text): \(plan)")
            }
            let searched = try #require(try await NameSearch().searched("hero", in: pool))
            for filter in [MovieFilter(text: "hero"), MovieFilter(state: .showing, text: "hero")] {
                #expect(
                    try await !fixture.plan(MovieListStore(run: MovieRun()).ranking(searched, filter, page: PageRequest())).contains(
                        "Seq Scan")
                )
            }
        }
    }
}
