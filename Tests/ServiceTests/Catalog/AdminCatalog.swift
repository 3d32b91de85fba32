import API
import Callers
import Database
import HTTP
import Shared

@testable import AdminService

enum AdminCatalog {
    static func endpoints(pool: PostgresPool, writes: Writes) -> [Endpoint] {
        CompanyEndpoints(catalog: Catalog(), pool: pool, writes: writes).all
            + MovieEndpoints(catalog: Catalog(), pool: pool, access: .permission(.movies, .read)).all
            + MovieEditingEndpoints(catalog: Catalog(), writes: writes).all
            + PersonEndpoints(catalog: Catalog(), pool: pool, access: .permission(.people, .read)).all
            + PersonEditingEndpoints(catalog: Catalog(), writes: writes).all
            + ReadingPhraseEndpoints(phrases: ReadingPhrases(), pool: pool, writes: writes).all
            + CinemaEndpoints(places: Places(), pool: pool).all
            + ManagedCinemaEndpoints(places: Places(), pool: pool, writes: writes).all
            + HallEndpoints(places: Places(), pool: pool, writes: writes).all
            + CityEndpoints(places: Places(), pool: pool).all
            + DivisionEndpoints(divisions: Divisions(), pool: pool, writes: writes).all
    }
}
