import API
import Database
import HTTP
import Shared

/// The movies that a merchant can ask the right to show.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/movies | movies: read |
/// | GET | /v1/movies/{id} | movies: read |
struct MovieEndpoints: Sendable {
    let catalog: Catalog
    let pool: PostgresPool

    var all: [Endpoint] { MovieReading(catalog: catalog, pool: pool, access: .permission(.movies, .read)).all }
}
