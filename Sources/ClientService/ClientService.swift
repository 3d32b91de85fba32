import HTTP
import Presentation
import Shared

/// What moviegoers use.
@main
struct ClientService {
    static func main() async {
        await ServiceProcess.run(name: Realm.client.serviceName, defaultPort: 8001, settingNames: .all) { process in
            let assembly = try ServiceAssembly(realm: .client, process: process)
            try await assembly.requireCurrentSchema()
            try await Application(assembly).build().run()
        }
    }
}
