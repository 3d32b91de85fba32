import API
import Database
import HTTP
import Shared

@testable import ClientService

enum ClientCatalog {
    static func endpoints(pool: PostgresPool) -> [Endpoint] {
        MovieEndpoints(catalog: Catalog(), pool: pool, access: .open).all
            + PersonEndpoints(catalog: Catalog(), pool: pool, access: .open).all
            + CinemaEndpoints(places: Places(), showtimes: ShowtimeListing(), pool: pool).all
            + CityEndpoints(places: Places(), pool: pool).all
            + LocationEndpoints(locations: Locations(geography: nil), pool: pool).all
    }
}
