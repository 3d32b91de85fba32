import API
import Database
import HTTP
import Shared

@testable import CinemaService

enum CinemaAccounts {
    static func endpoints(_ accounts: Accounts, pool: PostgresPool) -> [Endpoint] {
        let merchants = Merchants(pool: pool, accounts: accounts)
        return AccountEndpoints(merchants: merchants).all
            + MeEndpoints(accounts: accounts, pool: pool).all
    }
}
