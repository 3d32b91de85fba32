import API
import HTTP
import Shared

@testable import ClientService

// A file for each service: their endpoint types have the same names.
enum ClientAccounts {
    static func endpoints(_ accounts: Accounts) -> [Endpoint] {
        AccountEndpoints(signUp: accounts.signUp).all + MeEndpoints(ownAccount: accounts.ownAccount).all
    }
}
