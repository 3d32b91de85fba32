import API
import Database
import HTTP
import Shared

/// The merchant's own showtimes; the calls are those of ``ScreeningsManagement``.
struct ShowtimeEndpoints: Sendable {
    let screenings: ShowtimeScheduling
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] {
        ScreeningsManagement(screenings: screenings, pool: pool, writes: writes, scope: .ownMerchant).all
    }
}
