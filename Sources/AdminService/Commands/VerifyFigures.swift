import ArgumentParser
import Database
import Shared

/// `AdminService verify-figures`
struct VerifyFigures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-figures",
        abstract: "Counts all tickets again and compares them with the figures that rankings add up.",
        discussion: """
            Prints a line for each showtime whose figures are wrong; the status is 1 then. Holds nobody up, so it can run at any time. \
            A difference is a defect that wants to be found: keep the lines before you have them corrected.
            """
    )

    @Flag(help: "Write what the tickets say where it differs; the status is 0 then.")
    var correct = false

    func run() async throws {
        try await CommandDatabase.with { pool in
            let verification = FigureVerification()
            var wrong = 0
            let count = try await verification.run(in: pool) { showtime in
                wrong += 1
                let kept = showtime.kept.map { "\($0)" } ?? "no figures"
                print("showtime \(showtime.showtimeID): \(kept); its tickets say \(showtime.counted)")
                guard correct else { return }
                try await pool.withTransaction { try await verification.correct(showtimeID: showtime.showtimeID, in: $0) }
            }
            let summary = "showtimes: counted \(count), wrong \(wrong)"
            guard wrong == 0 || correct else { throw CommandFailure(summary) }
            print(wrong == 0 ? summary : "\(summary), corrected \(wrong)")
        }
    }
}
