import Database
import Shared
import TestSupport
import Testing

@Suite("Names from before they were compared by what people see")
struct OlderNamesTests {
    @Test("They are brought into one spelling; of twins all but the first get a number, and what may be alike stays so")
    func migration() async throws {
        let names = try #require(Migrations.all.firstIndex { $0.name == "names" })
        try await TestDatabase.with(.first(names)) { older in
            let database = older.pool
            try await database.execute("INSERT INTO merchants (name) VALUES (U&'Wan\\200Bda '), ('Wanda')")
            try await database.execute("INSERT INTO companies (name) VALUES ('Bona'), ('BONA'), (U&'Bo\\200Bna'), ('Ｂｏｎａ'), ('Bona (2)')")
            try await database.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '北京', '110100', 'BEIJING', 'B') ON CONFLICT DO NOTHING")
            try await database.execute(
                """
                INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen, deleted_at)
                SELECT merchant_id, name, 1, '', 'x', 1, 1, '', 0, deleted_at
                FROM (
                    VALUES (1, 'Palace', NULL::timestamptz), (1, U&'Palace\\202E', NULL), (1, 'PALACE', now()), (2, 'Palace', NULL)
                ) AS cinema (merchant_id, name, deleted_at)
                """)
            try await database.execute(
                """
                INSERT INTO halls (cinema_id, name, formats)
                SELECT 1, name, '{2D}'
                FROM unnest(
                    ARRAY['Hall 1', U&'Hall 1\\200B', U&'Hall\\00A01', U&'Ame\\0301lie', repeat('x', 50), repeat('X', 50), U&'\\200B']
                ) AS name
                """)
            try await database.execute(
                """
                INSERT INTO movies (title, duration_min, release_date, formats, languages, minimum_price_fen, state)
                SELECT title, 90, '2020-01-01', '{2D}', '{fr}', 0, 'showing'
                FROM unnest(ARRAY[U&'Ame\\0301lie', U&'Am\\00E9lie']) AS title
                """)
            try await database.execute("INSERT INTO people (name) VALUES (U&'Zo\\00EB'), (U&'Zoe\\0308'), (U&'A\\030A')")
            try await database.execute(
                "INSERT INTO permission_groups (realm, name) VALUES ('cinema', 'Box'), ('cinema', 'BOX'), ('admin', 'Box')")
            try await database.execute("INSERT INTO user_groups (realm, name) VALUES ('client', 'Fans'), ('client', 'fans')")

            _ = try await Migrator(migrations: Migrations.all).migrate(database)
            func names(_ query: Query) async throws -> [String] { try await database.rows(query) { try $0[position: 0] } }
            #expect(try await names("SELECT name FROM merchants ORDER BY id") == ["Wanda", "Wanda"])
            #expect(
                try await names("SELECT name FROM companies ORDER BY id") == ["Bona", "BONA (3)", "Bona (4)", "Ｂｏｎａ (5)", "Bona (2)"])
            #expect(try await names("SELECT name FROM cinemas ORDER BY id") == ["Palace", "Palace (2)", "PALACE", "Palace"])
            let long = String(repeating: "x", count: 50)
            #expect(
                try await names("SELECT name FROM halls ORDER BY id")
                    == ["Hall 1", "Hall 1 (2)", "Hall\u{A0}1 (3)", "Am\u{E9}lie", long, String(repeating: "X", count: 42) + " (2)", "?"])
            // Swift takes what is canonically equal for equal, so the scalars are looked at.
            let titles = try await names("SELECT title FROM movies ORDER BY id").map { Array($0.unicodeScalars) }
            #expect(titles == Array(repeating: Array("Am\u{E9}lie".unicodeScalars), count: 2))
            let people = try await names("SELECT name FROM people ORDER BY id").map { $0.unicodeScalars.count }
            #expect(people == [3, 4, 1])
            #expect(try await names("SELECT name FROM permission_groups WHERE name ILIKE 'box%' ORDER BY id") == ["Box", "BOX (2)", "Box"])
            #expect(try await names("SELECT name FROM user_groups WHERE name ILIKE 'fans%' ORDER BY id") == ["Fans", "fans (2)"])
        }
    }

    @Test("The database itself takes no twin", arguments: ["Hall 1", "HALL 1", "Ｈａｌｌ　１"])
    func constraint(name: String) async throws {
        try await withTestDatabase { database in
            _ = try await BookingWorld(in: database)
            try await database.execute("UPDATE halls SET name = 'Hall 1'")
            let error = await #expect(throws: PostgresError.self) {
                try await database.execute(
                    "INSERT INTO halls (cinema_id, name, formats) SELECT cinema_id, \(name)::text, '{2D}' FROM halls")
            }
            #expect(error?.constraintName == "halls_cinema_id_name_key")
        }
    }

    @Test("Folding knows all letters, whatever the database's locale")
    func folding() async throws {
        try await withTestDatabase { database in
            let cases = [("ÉCOLE", "école"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("ﬁlm", "FILM"), ("ＡＢＣ１", "abc1"), ("Å", "a\u{30A}")]
            for (one, other) in cases {
                let isSame = try await database.row("SELECT folded_name(\(one)::text) = folded_name(\(other)::text) AS same") {
                    try $0["same"] as Bool
                }
                #expect(isSame == true, "\(one) and \(other)")
            }
            let differ = try await database.row("SELECT folded_name('Amélie') = folded_name('Amelie') AS same") { try $0["same"] as Bool }
            #expect(differ == false)
        }
    }
}
