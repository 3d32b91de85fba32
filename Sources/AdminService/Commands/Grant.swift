import ArgumentParser
import Shared

/// `AdminService grant ROLE SERVICE`
struct Grant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets a role of the database do what a service needs, and nothing else.",
        discussion: """
            The role must be there already. Rights that it had on Piao's tables and that the service doesn't need are taken from it. Can be \
            repeated; `migrate` repeats it for each role that was ever named, so that a new version's tables are not forgotten.
            """
    )

    @Argument(help: "The role, as in DATABASE_URL of the service.")
    var role: String

    @Argument(help: "ClientService, CinemaService or AdminService.")
    var service: ServiceName

    func run() async throws {
        try await CommandDatabase.with { pool in
            do {
                try await DatabaseRoles().grant(service, to: role, in: pool)
                print("\(role) may do what \(service.rawValue) needs")
            } catch let fault as DatabaseRoleFault {
                throw CommandFailure(fault.description)
            }
        }
    }
}

extension ServiceName: ExpressibleByArgument {}
