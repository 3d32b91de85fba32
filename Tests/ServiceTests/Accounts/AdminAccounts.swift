import API
import Database
import HTTP
import Shared

@testable import AdminService

enum AdminAccounts {
    static func endpoints(_ accounts: Accounts, pool: PostgresPool, writes: Writes) -> [Endpoint] {
        AccountEndpoints(accounts: accounts.administration, pool: pool, writes: writes).all
            + MerchantEndpoints(merchants: Merchants(pool: pool, accounts: accounts), pool: pool, writes: writes).all
            + MeEndpoints(accounts: accounts, pool: pool).all
    }
}
