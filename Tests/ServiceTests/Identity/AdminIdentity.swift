import API
import Database
import HTTP
import Shared

@testable import AdminService

enum AdminIdentity {
    static func endpoints(identity: Identity, pool: PostgresPool, writes: Writes) -> [Endpoint] {
        AccountEndpoints(identity: identity, pool: pool, writes: writes).all
            + MerchantEndpoints(identity: identity, pool: pool, writes: writes).all
            + MeEndpoints(identity: identity, pool: pool).all
    }
}
