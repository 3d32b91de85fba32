import ArgumentParser
import Database
import Foundation
import Shared
import Text

/// `AdminService import-movies FILE`
struct ImportMovies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-movies",
        abstract: "Imports movies (CSV).",
        discussion: """
            Can be repeated: new movies are added, others get what has changed in the file since the last import; what administrators have \
            edited or deleted stays as they left it. A row that can't be taken is reported with its line and stops nothing else; the status \
            is 0 then, too, unless no row at all was taken. Ended early, it has taken a part of the rows, and the next run takes the rest.
            """
    )

    @Argument(help: "The file, as in deploy/local/data: movies.csv.")
    var file: String

    func run() async throws {
        let bytes = try await ImportReport.read(file)
        try await CommandDatabase.with { pool in
            do {
                let movies = try MovieImport(bytes)
                var progress = CommandProgress(of: "movies")
                let summary = try await movies.run(on: pool) { progress.show($0, of: $1) }
                try ImportReport.conclude(summary, of: "movies", from: file)
            } catch let error as ImportFileError {
                throw CommandFailure("\(file) can't be imported: \(error)")
            }
        }
    }
}
