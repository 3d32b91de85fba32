import API
package import Database
package import HTTP
package import Logging
package import ServiceLifecycle
package import Shared

extension SeatMaps {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package convenience init(
        _ settings: Settings, pool: PostgresPool, plans: ShowtimePlans, logger: Logger
    ) throws(SettingFault) {
        self.init(
            pool: pool,
            plans: plans,
            byteLimit: try settings[SellingSettings.seatMapMegabytes] << 20,
            logger: logger,
            encode: SeatMapShape.map.encoded
        )
    }
}

extension ServiceAssembly {
    /// The services that keep seat maps fresh.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package func services(of maps: SeatMaps, relay: SeatRelay) throws(SettingFault) -> [any Service] {
        let hints = SeatHints(maps: maps, origin: relay.origin, configuration: listening, logger: logger)
        return [maps] + (try settings[SellingSettings.seatHints] ? [hints] : [])
    }
}
