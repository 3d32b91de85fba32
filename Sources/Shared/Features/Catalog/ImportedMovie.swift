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
    var people: [Credit]

    enum CodingKeys: String, CodingKey {
        case title, company, languages, genres, people
        case durationMin = "duration_min"
        case releaseDate = "release_date"
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
            people: merge(\.people)
        )
    }
}

extension MovieState {
    /// How long a movie is assumed to be shown in cinemas, in days.
    private static let run = 120

    /// The state that a movie gets when it is imported for the first time; from then on people set it.
    init(releasedOn day: CalendarDay, today: CalendarDay) {
        if day > today {
            self = .coming
        } else if day < today.adding(days: -Self.run) {
            self = .ended
        } else {
            self = .showing
        }
    }
}
