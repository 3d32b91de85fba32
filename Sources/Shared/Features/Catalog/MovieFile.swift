import Database
import Text

/// A movie of a file, under the id that it has there.
package struct MovieRow: Hashable, Sendable {
    /// The id in the catalogue that the file comes from.
    let externalID: String
    let movie: ImportedMovie
}

/// Reads movies: CSV with the columns `external_id`, `title`, `year`, `released`, `runtime_min`, `genres`, `directors`, `cast`, `languages`
/// and `company`; `countries` where it is there.
///
/// Lists in a cell are separated by commas. All companies that are named have made the movie, and the first is the one behind it.
/// `box_office_usd`, `rating` and `votes` are ignored: our box office is the sum of our own orders, never a figure from elsewhere, and the
/// others have no place in the catalogue.
enum MovieFile {
    private static let columns = [
        "external_id", "title", "year", "released", "runtime_min", "genres", "directors", "cast", "languages", "company",
    ]

    /// - Throws: ``ImportFileError`` when the file isn't such a table.
    static func read(_ bytes: [UInt8]) throws(ImportFileError) -> ImportedFile<MovieRow> {
        var file = try CSVTable(bytes, columns: columns).file(movie)
        file.refuseRepeated("the id", \.externalID)
        return file
    }

    private static func movie(_ row: CSVTable.Row) throws(ImportFault) -> MovieRow {
        // A movie without a length can't be scheduled, and no length is made up for it.
        guard let duration = Int(row["runtime_min"]), (1...1000).contains(duration) else {
            throw ImportFault("runtime_min is not a whole number from 1 to 1000")
        }
        let languages = try names("languages", row.list("languages"), length: 50, count: 50)
        let companies = try names("company", row.list("company"), length: 200, count: 50)
        let people =
            row.list("directors").map { ImportedCredit(name: $0.spelledAsName, role: .director) }
            + row.list("cast").map { ImportedCredit(name: $0.spelledAsName, role: .actor) }
        guard people.count <= 500 else { throw ImportFault("more than 500 people") }
        return MovieRow(
            externalID: try name("external_id", row["external_id"], length: 64),
            movie: ImportedMovie(
                title: try name("title", row["title"], length: 200),
                durationMin: duration,
                releaseDate: try releaseDate(row),
                company: companies.first,
                languages: languages.isEmpty ? ["Unknown"] : languages,
                genres: try names("genres", row.list("genres"), length: 50, count: 50),
                countries: try names("countries", row.list("countries"), length: 50, count: 50),
                people: try distinct(people) { person throws(ImportFault) in _ = try name("a person", person.name, length: 100) },
                companies: companies
            )
        )
    }

    /// The day in `released`; where there is none, the first of the `year`.
    private static func releaseDate(_ row: CSVTable.Row) throws(ImportFault) -> CalendarDay {
        let released = row["released"]
        if released.isEmpty {
            guard let year = Int(row["year"]), let day = CalendarDay(year: year, month: 1, day: 1) else {
                throw ImportFault("released is empty and year is no year")
            }
            return day
        }
        guard let day = CalendarDay(released) else { throw ImportFault("released is not a day of the form YYYY-MM-DD") }
        return day
    }

    private static func name(_ column: String, _ text: String, length: Int) throws(ImportFault) -> String {
        let name = text.spelledAsName
        guard (1...length).contains(name.unicodeScalars.count), name.isPlainLine else {
            throw ImportFault("\(column) is not a name of 1 to \(length) characters")
        }
        return name
    }

    private static func names(_ column: String, _ texts: [String], length: Int, count: Int) throws(ImportFault) -> [String] {
        guard texts.count <= count else { throw ImportFault("more than \(count) in \(column)") }
        return try distinct(texts.map(\.spelledAsName)) { text throws(ImportFault) in _ = try name(column, text, length: length) }
    }

    /// The items without repetitions, which some cells have.
    private static func distinct<Item: Hashable>(_ items: [Item], check: (Item) throws(ImportFault) -> Void) throws(ImportFault) -> [Item] {
        var seen: Set<Item> = []
        var distinct: [Item] = []
        for item in items where seen.insert(item).inserted {
            try check(item)
            distinct.append(item)
        }
        return distinct
    }
}
