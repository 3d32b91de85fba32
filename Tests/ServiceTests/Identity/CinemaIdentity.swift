import API
import Database
import HTTP
import Shared

@testable import CinemaService

enum CinemaIdentity {
    static func endpoints(identity: Identity, pool: PostgresPool) -> [Endpoint] {
        AccountEndpoints(identity: identity).all + MeEndpoints(identity: identity, pool: pool).all
    }
}
