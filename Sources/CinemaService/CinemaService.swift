import API
import Assembly
import Callers
import HTTP
import Shared

/// The service for merchants.
@main
struct CinemaService {
    static func main() async {
        ProgramArguments.answer(for: .cinema, purpose: "running cinemas and collecting tickets.")
        await ServiceProcess.run(name: Realm.cinema.serviceName, defaultPort: 8002, settingNames: .all) { process in
            let assembly = try ServiceAssembly(realm: .cinema, process: process)
            try await Application(assembly).build().run(onReload: process.reload)
        }
    }
}
