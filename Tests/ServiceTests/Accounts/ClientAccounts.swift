import API
import Database
import HTTP
import Shared

@testable import ClientService

// A file for each service: their endpoint types have the same names.
enum ClientAccounts {
    static func endpoints(_ accounts: Accounts, pool: PostgresPool) -> [Endpoint] {
        AccountEndpoints(signUp: accounts.signUp).all + MeEndpoints(accounts: accounts, pool: pool).all
    }
}
