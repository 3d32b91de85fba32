import API
import Database
import HTTP
import Shared

@testable import ClientService

// A file for each service: their endpoint types have the same names.
enum ClientIdentity {
    static func endpoints(identity: Identity, pool: PostgresPool) -> [Endpoint] {
        AccountEndpoints(identity: identity).all + MeEndpoints(identity: identity, pool: pool).all
    }
}
