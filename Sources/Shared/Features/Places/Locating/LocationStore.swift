import Database

/// Reads what is around a place.
struct LocationStore: Sendable {
    /// The divisions whose seats of government are nearest, the nearest first: districts, and cities without districts.
    func nearest(to point: GeographicPoint, limit: Int, in session: some PostgresSession) async throws
        -> [(division: AdministrativeDivision, distanceM: Double)]
    {
        try await session.rows(listing(nearestTo: point, limit: limit)) { row in
            let chord: Double = try row["chord"]
            return (division: try AdministrativeDivision(row: row), distanceM: GeographicPoint.arc(ofChord: chord))
        }
    }

    /// The query behind it. It orders by the chord, which the index on the position yields in order.
    func listing(nearestTo point: GeographicPoint, limit: Int) -> Query {
        """
        SELECT \(DivisionStore.columns), administrative_divisions.position <-> cube(\(point.position)::double precision[]) AS chord
        FROM administrative_divisions
        WHERE administrative_divisions.level <> 'province'
            AND administrative_divisions.valid_to IS NULL
            AND administrative_divisions.position IS NOT NULL
            AND (
                administrative_divisions.level = 'district'
                OR NOT EXISTS (
                    SELECT FROM administrative_divisions AS districts
                    WHERE districts.code BETWEEN left(administrative_divisions.code, 4) || '01000000'
                            AND left(administrative_divisions.code, 4) || '99000000'
                        AND districts.level = 'district'
                        AND districts.valid_to IS NULL
                )
            )
        ORDER BY chord
        LIMIT \(limit)
        """
    }
}
