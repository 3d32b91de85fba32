import Database

/// Writes imported cities and administrative divisions.
struct PlacesImportStore: Sendable {
    private struct CityRecord: Codable {
        let id: Int64
        let parentID: Int64?
        let name: String
        let code: String
        let pinyin: String
        let initial: String

        enum CodingKeys: String, CodingKey {
            case parentID = "parent_id"
            case id, name, code, pinyin, initial
        }
    }

    private struct DivisionRecord: Codable {
        let code: String
        let name: String
        let level: String
        let longitude: Double?
        let latitude: Double?
    }

    /// Those of these ids that the database has cities for.
    func knownCities(_ ids: Set<Int64>, in transaction: PostgresTransaction) async throws -> Set<Int64> {
        let known = try await transaction.rows(
            """
            SELECT id
            FROM cities
            WHERE id = ANY (\(ids.sorted())::bigint[])
            """
        ) { row -> Int64 in try row["id"] }
        return Set(known)
    }

    /// Adds the cities that are new and changes those that differ. A parent may come after its child.
    func write(_ cities: [City], in transaction: PostgresTransaction) async throws -> ImportSummary {
        let records = cities.map {
            CityRecord(id: $0.id, parentID: $0.parentID, name: $0.name, code: $0.code, pinyin: $0.pinyin, initial: $0.initial)
        }
        let added = try await transaction.rows(
            """
            INSERT INTO cities (id, parent_id, name, code, pinyin, initial, division_id)
            SELECT file.*, administrative_divisions.id
            FROM jsonb_to_recordset(\(PostgresJSON(records))::jsonb)
                AS file (id bigint, parent_id bigint, name text, code text, pinyin text, initial text)
            LEFT JOIN administrative_divisions ON administrative_divisions.code = file.code || '000000'
                AND administrative_divisions.valid_to IS NULL
            ON CONFLICT (id) DO UPDATE
            SET parent_id = excluded.parent_id,
                name = excluded.name,
                code = excluded.code,
                pinyin = excluded.pinyin,
                initial = excluded.initial,
                division_id = coalesce(excluded.division_id, cities.division_id)
            WHERE (cities.parent_id, cities.name, cities.code, cities.pinyin, cities.initial, cities.division_id)
                IS DISTINCT FROM (
                    excluded.parent_id, excluded.name, excluded.code, excluded.pinyin, excluded.initial,
                    coalesce(excluded.division_id, cities.division_id)
                )
            RETURNING cities.xmax = 0 AS added
            """
        ) { row -> Bool in try row["added"] }
        return ImportSummary(written: added, of: cities.count)
    }

    /// Those of these codes that a division had that is no longer there, and that no other division has.
    func retiredCodes(_ codes: [String], in transaction: PostgresTransaction) async throws -> Set<String> {
        let retired = try await transaction.rows(
            """
            SELECT code
            FROM administrative_divisions
            WHERE code = ANY (\(codes)::text[])
            GROUP BY code
            HAVING bool_and(valid_to IS NOT NULL)
            """
        ) { row -> String in try row["code"] }
        return Set(retired)
    }

    /// Adds the divisions that are new, and changes those that differ, unless an administrator gave them their form.
    func write(_ divisions: [NewDivision], in transaction: PostgresTransaction) async throws -> ImportSummary {
        let records = divisions.map {
            DivisionRecord(
                code: $0.code.text,
                name: $0.name,
                level: $0.code.level.rawValue,
                longitude: $0.point?.longitude,
                latitude: $0.point?.latitude
            )
        }
        let added = try await transaction.rows(
            """
            INSERT INTO administrative_divisions (code, name, level, longitude, latitude)
            SELECT *
            FROM jsonb_to_recordset(\(PostgresJSON(records))::jsonb)
                AS file (code text, name text, level text, longitude double precision, latitude double precision)
            ON CONFLICT (code) WHERE valid_to IS NULL DO UPDATE
            SET name = excluded.name,
                level = excluded.level,
                longitude = excluded.longitude,
                latitude = excluded.latitude
            WHERE administrative_divisions.valid_from IS NULL
                AND (administrative_divisions.name, administrative_divisions.level, administrative_divisions.longitude, administrative_divisions.latitude)
                IS DISTINCT FROM (excluded.name, excluded.level, excluded.longitude, excluded.latitude)
            RETURNING administrative_divisions.xmax = 0 AS added
            """
        ) { row -> Bool in try row["added"] }
        try await transaction.execute(
            """
            UPDATE cities
            SET division_id = administrative_divisions.id
            FROM administrative_divisions
            WHERE administrative_divisions.code = ANY (\(divisions.map(\.code.text))::text[])
                AND administrative_divisions.valid_to IS NULL
                AND administrative_divisions.code = cities.code || '000000'
                AND cities.division_id IS NULL
            """
        )
        return ImportSummary(written: added, of: divisions.count)
    }
}

extension ImportSummary {
    /// - Parameter written: for each row that was written, whether it was new. Unchanged rows are not listed.
    fileprivate init(written: [Bool], of total: Int) {
        self.init()
        added = written.count { $0 }
        changed = written.count - added
        unchanged = total - written.count
    }
}
