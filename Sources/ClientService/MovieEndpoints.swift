import API
import Database
import HTTP
import Shared

/// Movies for moviegoers.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/movies | nothing |
/// | GET | /v1/movies/{id} | nothing |
struct MovieEndpoints: Sendable {
    let catalog: Catalog
    let pool: PostgresPool

    var all: [Endpoint] { MovieReading(catalog: catalog, pool: pool, access: .open).all }
}
