import ArgumentParser
import Database
import Foundation
import Shared
import Text

/// `AdminService generate-demo-data --cinemas N --orders N --seed N [--day YYYY-MM-DD]`
struct GenerateDemoData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-demo-data",
        abstract: "Makes cinemas, a week of showtimes, buyers and their orders, for looking around and for measuring.",
        discussion: """
            Cities must have been imported. Everything is invented, and says so in its name; nobody can sign in to a made account. Orders are in all \
            states, with payments, tickets, refunds and their entries in the ledger; no bill names them. One seed makes the same data; once \
            it has, another run with it changes nothing, and another seed makes more data beside. A run is one transaction: ended early, it \
            leaves nothing. Nothing of it can be deleted again, so a database with real orders is the wrong place.
            """
    )

    @Option(help: "How many cinemas, 1 to \(DemoDataRequest.cinemas.upperBound).")
    var cinemas: Int

    @Option(help: "How many orders, at most \(DemoDataRequest.ordersPerCinema) for each cinema and \(DemoDataRequest.orders.upperBound).")
    var orders: Int

    @Option(help: "What decides all that is left open, 0 to \(DemoDataRequest.seeds.upperBound).")
    var seed: Int

    @Option(help: "The first day of the week of showtimes, YYYY-MM-DD; today in China unless said.")
    var day: CalendarDay?

    func validate() throws {
        do {
            _ = try request()
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        let (request, isDayGiven) = (try request(), day != nil)
        try await Interruption.ends {
            // Statements that load a batch take longer than those of a service may, and behind them the database checks what refers to what.
            try await CommandDatabase.with(statementTimeout: .seconds(600)) { pool in
                do {
                    var progress = CommandProgress(of: "demo data", isSilentElsewhere: true)
                    let made = try await DemoData().run(request, isDayGiven: isDayGiven, on: pool) { progress.show($0, of: $1) }
                    guard let made else { return print("the data of seed \(request.seed) is there already; nothing was changed") }
                    print(
                        "made \(made.cinemas) cinemas, \(made.showtimes) showtimes around \(request.day), \(made.buyers) buyers and",
                        "\(made.orders) orders: \(made.rows) rows")
                } catch let fault as DemoDataFault {
                    throw CommandFailure(fault.description)
                }
            }
        }
    }

    private func request() throws(DemoDataFault) -> DemoDataRequest {
        try DemoDataRequest(seed: seed, cinemas: cinemas, orders: orders, day: day ?? CalendarDay(inBeijingAt: .now))
    }
}

extension CalendarDay: ExpressibleByArgument {}
