import API
import Assembly
import HTTP

@testable import ClientService

/// The service as its own composition root puts it together. In a file of its own, since each service has an `Application`.
enum ClientComposition {
    static func application(_ assembly: ServiceAssembly) throws -> HTTPApplication {
        try Application(assembly).build()
    }
}
