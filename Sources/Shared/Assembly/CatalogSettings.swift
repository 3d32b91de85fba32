package import HTTP
import Shared

/// How the catalogue tells where movies stand.
package enum CatalogSettings {
    static let runDays = Setting(
        "catalog.runDays", default: MovieRun.usualDays, in: 1...3650,
        "days from its release on for which a movie is shown, where nobody has said otherwise")

    package static let group = SettingGroup("Catalogue", note: "where movies stand", [runDays.declaration])
}

extension Catalog {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(run: MovieRun(days: try settings[CatalogSettings.runDays]))
    }
}
