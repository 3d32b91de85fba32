import API
import ArgumentParser
import Assembly
import Callers
import HTTP
import Shared

/// `AdminService serve`, or no command at all.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves the platform's people over HTTP until it is told to stop.")

    func run() async throws {
        await ServiceProcess.run(name: Realm.admin.serviceName, defaultPort: 8003, settingNames: .all) { process in
            let assembly = try ServiceAssembly(realm: .admin, process: process)
            try await Application(assembly).build().run(onReload: process.reload)
        }
    }
}
