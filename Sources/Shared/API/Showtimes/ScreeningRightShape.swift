import Database
package import HTTP
package import Shared
import Text

/// Screening rights in bodies and answers of all services.
package enum ScreeningRightShape {
    package static let right = Shape<ScreeningRight>(
        "ScreeningRight",
        .id("id", "Number of the right.", example: "31") { $0.id },
        .id("merchant_id", "Whose it is.", example: "7") { $0.merchantID },
        .text("merchant_name", "The merchant's name.", example: "Bona Cinemas") { $0.merchantName },
        .id("movie_id", "The movie that may be shown.", example: "12") { $0.movieID },
        .text("movie_title", "The movie's title.", example: "Hero") { $0.movieTitle },
        .day("valid_from", "First day, by the cinema's clock.", example: "2026-10-01") { $0.validFrom },
        .day("valid_to", "Last day, by the cinema's clock.", example: "2026-12-31") { $0.validTo },
        .enumeration("state", "How far it has come.", example: "requested") { $0.state },
        .timestamp("requested_at", "When the merchant asked for it.") { $0.requestedAt },
        .timestamp("decided_at", "When it was last decided about.") { $0.decidedAt }
    )

    package static let new = Body<NewScreeningRight>(
        "NewScreeningRight",
        .required("movie_id", .id, "The movie to show.", example: "12"),
        .required("valid_from", .day(CalendarDay.self), "First day, by the cinema's clock; may be past.", example: "2026-10-01"),
        .required("valid_to", .day(CalendarDay.self), "Last day, included.", example: "2026-12-31")
    ) { NewScreeningRight(movieID: $0, validFrom: $1, validTo: $2) }

    package static let decision = Body<ScreeningRightDecision>(
        "ScreeningRightDecision",
        .required(
            "decision", .enumeration(ScreeningRightDecision.Verdict.self),
            "Grant or refuse what is requested, or revoke what is granted.", example: "grant"
        ),
        .optional("valid_from", .day(CalendarDay.self), "With a grant: another first day than the requested one.", example: "2026-10-01"),
        .optional("valid_to", .day(CalendarDay.self), "With a grant: another last day than the requested one.", example: "2026-12-31")
    ) { ScreeningRightDecision($0, validFrom: $1, validTo: $2) }

    /// Only rights in a state.
    package static let state = QueryParameter(
        "state", .enumeration(ScreeningRightState.self), "Only rights in this state.", example: "requested"
    )
    /// Only rights for a movie.
    package static let movie = QueryParameter("movie_id", .id, "Only rights for this movie.", example: "12")
}
