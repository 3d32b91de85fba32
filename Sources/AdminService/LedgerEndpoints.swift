import API
import Callers
import Database
import HTTP
import Shared

/// The ledger: where every fen came from and where it went.
struct LedgerEndpoints: Sendable {
    let ledger: Ledger
    let pool: PostgresPool

    var all: [Endpoint] { [entries, balances] }

    private static let orderID = QueryParameter("order_id", .uuid, "Only entries of this order.")

    var entries: Endpoint {
        Endpoint(
            .get, "/v1/ledger/entries", "Lists the ledger's entries, newest first.",
            access: .permission(.ledger, .read),
            query: [Self.orderID],
            answers: .page(LedgerShape.entry)
        ) { call in
            .page(try await ledger.entries(orderID: call[Self.orderID], page: call.page, in: pool))
        }
    }

    var balances: Endpoint {
        Endpoint(
            .get, "/v1/ledger/balances", "Adds up each account of the ledger, by name; all together are 0.",
            access: .permission(.ledger, .read),
            answers: .page(LedgerShape.balance)
        ) { call in
            .page(try await ledger.balances(page: call.page, in: pool))
        }
    }
}
