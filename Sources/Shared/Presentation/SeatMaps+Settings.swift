package import Database
package import HTTP
package import Logging
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
