import API
import ArgumentParser
import Assembly
import Callers
import HTTP
import Logging
import Shared

/// `AdminService check-config [--service client]`
struct CheckConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Reads the settings as the services do, says the first that is wrong, and warns of misspelt ones; asks nobody else.",
        discussion: "Ends with status 78 when one is wrong, as a service does that can't start with it."
    )

    @Option(help: "client, cinema or admin: whose settings these are; all three's unless said.")
    var service: Realm?

    func run() async throws {
        do throws(SettingFault) {
            let settings = try CommandDatabase.settings()
            for realm in service.map({ [$0] }) ?? Realm.allCases {
                try check(settings, of: realm)
                print("\(realm.serviceName): the settings are right")
            }
        } catch {
            throw CommandDatabase.end(saying: error)
        }
    }

    /// Builds everything that reads settings, and drops it again.
    private func check(_ settings: Settings, of realm: Realm) throws(SettingFault) {
        let assembly = try ServiceAssembly(
            realm: realm, settings: settings,
            configuration: ServiceConfiguration(settings, defaultPort: 0), registry: PrometheusRegistry(),
            logger: Logger(label: "check-config") { _ in SwiftLogNoOpLogHandler() })
        let selling = try SellingAssembly(assembly)
        let maps = try SeatMaps(settings, pool: assembly.pool, plans: selling.plans, logger: assembly.logger)
        guard realm == .client else { return }
        _ = try assembly.services(of: maps, relay: selling.seatRelay)
        _ = try ProviderSignInAssembly(assembly)
    }
}

extension Realm: ExpressibleByArgument {}
