import API
import Database
import HTTP
import Shared

/// Every merchant's showtimes; the calls are those of ``ScreeningsManagement``.
struct ShowtimeEndpoints: Sendable {
    let screenings: ShowtimeScheduling
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] {
        ScreeningsManagement(screenings: screenings, pool: pool, writes: writes, scope: .everyMerchant).all
    }
}
