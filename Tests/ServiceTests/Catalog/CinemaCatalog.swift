import API
import Callers
import Database
import HTTP
import Shared

@testable import CinemaService

enum CinemaCatalog {
    static func endpoints(pool: PostgresPool, writes: Writes) -> [Endpoint] {
        MovieEndpoints(catalog: Catalog(), pool: pool, access: .permission(.movies, .read)).all
            + PersonEndpoints(catalog: Catalog(), pool: pool, access: .permission(.people, .read)).all
            + CinemaEndpoints(places: Places(), pool: pool, writes: writes).all
            + ManagedCinemaEndpoints(places: Places(), pool: pool, writes: writes).all
            + HallEndpoints(places: Places(), pool: pool, writes: writes).all
            + CityEndpoints(places: Places(), pool: pool).all
    }
}
