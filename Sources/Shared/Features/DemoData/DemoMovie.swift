import Database
import Foundation
import Text

/// Somebody's part in a made movie.
struct DemoCredit: Sendable {
    let name: String
    let role: Credit.Role
}

/// A made movie, of a company and with people that nobody can take for real ones.
struct DemoMovie: Sendable {
    let id: Int64
    let title: String
    let durationMin: Int
    let releaseDate: CalendarDay
    let company: String
    let formats: [String]
    let languages: [String]
    let genres: [String]
    /// Fen.
    let minimumPriceFen: Int64
    let state: MovieState
    let synopsis: String
    let countries: [String]
    let credits: [DemoCredit]
    /// How many want to see it, beside the others.
    let weight: Int

    /// Whether it is shown before its release on a day: in the three days before it.
    func isPreview(on day: CalendarDay) -> Bool { day < releaseDate }

    func isShown(on day: CalendarDay) -> Bool {
        state != .ended && day.daysSince2001 + 3 >= releaseDate.daysSince2001
    }
}

extension DemoMovie {
    /// How many movies there are: 30 that are shown, 6 that come, 4 that have ended.
    static let count = 40
    private static let shown = 30
    private static let coming = 6

    /// All of them, most wanted first in no order of theirs.
    static func all(_ request: DemoDataRequest, _ ids: DemoIDs) -> [DemoMovie] {
        var numbers = SeededNumbers(seed: request.seed, .movies)
        let titles = DemoNames.titles(count, using: &numbers)
        let ranks = Array(0..<count).shuffled(using: &numbers)
        return titles.enumerated().map { place, title in
            var numbers = SeededNumbers(seed: request.seed, .movies, place + 1)
            let (days, state) = release(place, using: &numbers)
            let isChinese = title.isChinese
            let people = DemoNames.people(isChinese: isChinese).shuffled(using: &numbers)
            let cast = people.prefix(4 + numbers.below(3))
            return DemoMovie(
                id: ids.id(.movies, place),
                title: title.text,
                durationMin: 88 + numbers.below(58),
                releaseDate: request.day.adding(days: days),
                company: numbers.pick(DemoNames.companies(isChinese: isChinese)),
                formats: numbers.pick([["2D"], ["2D"], ["2D", "3D"], ["2D", "IMAX"], ["2D", "3D", "IMAX"]]),
                languages: isChinese ? numbers.pick([["国语"], ["国语"], ["国语", "粤语"]]) : ["英语", "国语"],
                genres: Array(DemoNames.genres.shuffled(using: &numbers).prefix(1 + numbers.below(3))),
                minimumPriceFen: Int64(2_500 + 500 * numbers.below(3)),
                state: state,
                synopsis: isChinese
                    ? "《\(title.text)》是为演示而编的影片：情节、人物与公司皆属虚构。"
                    : "“\(title.text)” is made up for demonstration, and so are its plot, its people and its companies.",
                countries: isChinese ? ["中国"] : ["United Kingdom"],
                credits: cast.enumerated().map { DemoCredit(name: $1, role: $0 == 0 ? .director : .actor) },
                weight: 4 + 120 / (ranks[place] + 3)
            )
        }
    }

    /// How many days after the first one a movie is released, and how it stands on that day.
    private static func release(_ place: Int, using numbers: inout SeededNumbers) -> (days: Int, state: MovieState) {
        switch place {
        // One of them on the day itself, so that there is always something new.
        case 0: (0, .showing)
        case ..<shown: (0 - numbers.below(45), .showing)
        case ..<(shown + coming): (1 + numbers.below(20), .coming)
        default: (-150 + numbers.below(50), .ended)
        }
    }
}
