import Database
package import HTTP
package import Shared
package import Text

/// Rankings as all services show them.
package enum RankingShape {
    package static let boxOffice = Shape<BoxOfficeEntry>(
        "BoxOfficeEntry",
        .id("movie_id", "The movie; only by movie.", example: "12", absentWhenNil: true) { $0.id(of: .movie) },
        .text("title", "The movie's title; only by movie.", example: "Hero", absentWhenNil: true) {
            $0.dimension == .movie ? $0.name : nil
        },
        .id("cinema_id", "The cinema; only by cinema.", absentWhenNil: true) { $0.id(of: .cinema) },
        .id("company_id", "The company; only by company, and absent for movies without one.", absentWhenNil: true) { $0.id(of: .company) },
        .id("city_id", "The city; only by city.", absentWhenNil: true) { $0.id(of: .city) },
        .text("name", "Name of the cinema, company or city.", absentWhenNil: true) { $0.dimension == .movie ? nil : $0.name },
        .day("day", "The business day; only by day.", absentWhenNil: true) { $0.day },
        .int("box_office_fen", "Ticket money in fen, refunds taken off, without service fees.", example: "1250000") { $0.boxOfficeFen },
        .int("service_fee_fen", "Service fees of these tickets, in fen.", example: "50000") { $0.serviceFeeFen },
        .int("tickets", "How many tickets.", example: "250") { $0.tickets },
        .int("orders", "How many orders they belong to.", example: "110") { $0.orders }
    )

    package static let from = QueryParameter(
        "from", .day(CalendarDay.self), "First business day of the showtimes' starts; from the beginning unless given.",
        example: "2026-10-01"
    )
    package static let to = QueryParameter(
        "to", .day(CalendarDay.self), "Last business day, included; without end unless given.", example: "2026-12-31"
    )
    package static let by = QueryParameter(
        "by", .enumeration(BoxOfficeDimension.self), "What the money is added up by; by movie unless given.", example: "movie"
    )
}

extension BoxOfficeEntry {
    fileprivate func id(of wanted: BoxOfficeDimension) -> Int64? {
        dimension == wanted ? id : nil
    }
}
