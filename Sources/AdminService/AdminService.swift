import API
import ArgumentParser
import Assembly

/// The service for the platform's people, and the commands that prepare and fill the database.
@main
struct AdminService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "AdminService",
        abstract: "Piao's service for the platform's people, and its commands.",
        discussion: "Settings come from the environment and from the files that PIAO_CONFIGURATION names; see deploy/ for samples.",
        version: "AdminService, \(ProgramArguments.version)",
        subcommands: [
            Serve.self, CheckConfig.self, Migrate.self, Grant.self, CreateAdmin.self, ImportCities.self, ImportMovies.self,
            VerifyFigures.self, GenerateDemoData.self,
        ],
        defaultSubcommand: Serve.self
    )
}
