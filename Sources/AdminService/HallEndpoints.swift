import API
import Database
import HTTP
import Shared

/// The halls of every merchant's cinemas.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/cinemas/{id}/halls | halls: read |
/// | POST | /v1/cinemas/{id}/halls | halls: write |
/// | GET | /v1/halls/{id} | halls: read |
/// | PATCH | /v1/halls/{id} | halls: modify |
/// | GET | /v1/halls/{id}/seats | halls: read |
/// | PUT | /v1/halls/{id}/layout | halls: modify |
struct HallEndpoints: Sendable {
    let places: Places
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { HallManagement(places: places, pool: pool, writes: writes).all }
}
