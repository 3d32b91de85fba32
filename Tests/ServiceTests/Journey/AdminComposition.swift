import API
import Assembly
import HTTP

@testable import AdminService

/// The service as its own composition root puts it together. In a file of its own, since each service has an `Application`.
enum AdminComposition {
    static func application(_ assembly: ServiceAssembly) throws -> HTTPApplication {
        try Application(assembly).build()
    }
}
