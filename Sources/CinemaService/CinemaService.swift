import HTTP
import Presentation
import Shared

/// What merchants use.
@main
struct CinemaService {
    static func main() async {
        await ServiceProcess.run(name: Realm.cinema.serviceName, defaultPort: 8002, settingNames: .all) { process in
            let assembly = try ServiceAssembly(realm: .cinema, process: process)
            try await assembly.requireCurrentSchema()
            try await Application(assembly).build().run()
        }
    }
}
