import API
import Assembly
import Callers
import HTTP
import Shared

/// The service for moviegoers.
@main
struct ClientService {
    static func main() async {
        ProgramArguments.answer(for: .client, purpose: "finding, booking and paying seats.")
        await ServiceProcess.run(name: Realm.client.serviceName, defaultPort: 8001, settingNames: .all) { process in
            let assembly = try ServiceAssembly(realm: .client, process: process)
            try await Application(assembly).build().run(onReload: process.reload)
        }
    }
}
