import API
package import Database
package import HTTP
package import Logging
package import ServiceLifecycle
package import Shared

extension SeatMaps {
    /// - `seats.mapMegabytes` (SEATS_MAP_MEGABYTES, 64): how much memory seat maps may take.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package convenience init(
        _ settings: Settings, database: PostgresPool, plans: ShowtimePlans, logger: Logger
    ) throws(SettingFault) {
        self.init(
            database: database,
            plans: plans,
            byteLimit: try settings.int("seats.mapMegabytes", default: 64, in: 1...65_536) << 20,
            logger: logger,
            encode: SeatMapShape.map.encoded
        )
    }
}

extension ServiceAssembly {
    /// What runs beside seat maps and keeps them fresh.
    ///
    /// - `seats.hints` (SEATS_HINTS, true): whether to hear of other processes' changes at once rather than at the next comparison; off where
    ///   neither DATABASE_URL nor DATABASE_DIRECT_URL leads to the database itself but through PgBouncer's transaction mode, which can't listen.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package func services(of maps: SeatMaps, relay: SeatRelay) throws(SettingFault) -> [any Service] {
        let hints = SeatHints(maps: maps, origin: relay.origin, configuration: listening, logger: logger)
        return [maps] + (try settings.bool("seats.hints", default: true) ? [hints] : [])
    }
}
