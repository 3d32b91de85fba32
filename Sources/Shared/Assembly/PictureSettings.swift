package import HTTP
import Shared

/// The settings of pictures.
package enum PictureSettings {
    static let threads = Setting(
        "pictures.threads", default: 1, in: 1...2,
        "pictures that are decoded and encoded at a time, each on a thread with the least priority and in 350 MB or, of a hostile file, 1 GB"
    )
    static let waiting = Setting("pictures.waiting", default: 8, in: 0...1_000, "how many may wait for that; others are answered 503")
    static let unusedHours = Setting(
        "pictures.unusedHours", default: 24, in: 1...87_600, "admin only: how long a picture stays that nothing shows")

    package static let group = SettingGroup("Pictures", [threads.declaration, waiting.declaration, unusedHours.declaration])
}

extension PictureWorkshop {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    convenience init(_ settings: Settings) throws(SettingFault) {
        self.init(
            threadCount: try settings[PictureSettings.threads], maximumWaiting: try settings[PictureSettings.waiting])
    }
}
