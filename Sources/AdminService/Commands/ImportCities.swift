import ArgumentParser
import Shared

/// `AdminService import-cities FILE`
struct ImportCities: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-cities",
        abstract: "Imports a city list (JSON) or administrative divisions (CSV).",
        discussion: """
            Can be repeated: what is there already is left alone or brought up to date. A row that can't be taken is reported with its line \
            and stops nothing else; the status is 0 then, too, unless no row at all was taken. Ended early, it has taken a part of the rows, and the next run takes the rest.
            """
    )

    @Argument(help: "The file, as in deploy/local/data: citys.json or adcodes.csv.")
    var file: String

    func run() async throws {
        let bytes = try await ImportReport.read(file)
        try await CommandDatabase.with { pool in
            do {
                let places = try PlacesImport(bytes)
                var progress = CommandProgress(of: places.subject)
                let summary = try await places.run(on: pool) { progress.show($0, of: $1) }
                try ImportReport.conclude(summary, of: places.subject, from: file)
            } catch let error as ImportFileError {
                throw CommandFailure("\(file) can't be imported: \(error)")
            }
        }
    }
}
