import Database
import Text

/// The fields of a movie that an import may change, as a file gives them. They are stored with the movie, so that the next import can tell
/// what is new.
struct ImportedMovie: Hashable, Sendable, Codable {
    var title: String
    /// Minutes.
    var durationMin: Int
    var releaseDate: CalendarDay
    var company: String?
    var languages: [String]
    var genres: [String]
    var countries: [String]
    var people: [ImportedCredit]
    /// All companies that have made it.
    var companies: [String]

    enum CodingKeys: String, CodingKey {
        case title, company, languages, genres, countries, people, companies
        case durationMin = "duration_min"
        case releaseDate = "release_date"
    }
}

/// A part as a file gives it. It has no character, so that a part to which somebody gave one counts as edited.
struct ImportedCredit: Hashable, Sendable, Codable {
    let name: String
    let role: Credit.Role
    var character: String?
}

extension ImportedMovie {
    /// Reads what an import has stored. Older ones know neither countries nor all companies.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            title: try fields.decode(String.self, forKey: .title),
            durationMin: try fields.decode(Int.self, forKey: .durationMin),
            releaseDate: try fields.decode(CalendarDay.self, forKey: .releaseDate),
            company: try fields.decodeIfPresent(String.self, forKey: .company),
            languages: try fields.decode([String].self, forKey: .languages),
            genres: try fields.decode([String].self, forKey: .genres),
            countries: try fields.decodeIfPresent([String].self, forKey: .countries) ?? [],
            people: try fields.decode([ImportedCredit].self, forKey: .people),
            companies: try fields.decodeIfPresent([String].self, forKey: .companies)
                ?? [try fields.decodeIfPresent(String.self, forKey: .company)].compactMap(\.self)
        )
    }
}

extension ImportedMovie {
    /// Merges a movie of the catalogue with what a newer file says about it.
    ///
    /// A field changes where the file has changed since the last import and no administrator has edited the field since: an import brings
    /// news, and never undoes what people did here.
    ///
    /// - Parameters:
    ///   - current: what the catalogue says now.
    ///   - imported: what the file said the last time.
    ///   - file: what it says now.
    static func merged(current: ImportedMovie, imported: ImportedMovie, file: ImportedMovie) -> ImportedMovie {
        func merge<Field: Equatable>(_ field: KeyPath<ImportedMovie, Field>) -> Field {
            current[keyPath: field] == imported[keyPath: field] ? file[keyPath: field] : current[keyPath: field]
        }
        return ImportedMovie(
            title: merge(\.title),
            durationMin: merge(\.durationMin),
            releaseDate: merge(\.releaseDate),
            company: merge(\.company),
            languages: merge(\.languages),
            genres: merge(\.genres),
            countries: merge(\.countries),
            people: merge(\.people),
            companies: merge(\.companies)
        )
    }
}
