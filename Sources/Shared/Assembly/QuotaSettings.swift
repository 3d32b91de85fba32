package import HTTP
import Shared

/// How much a merchant may write, each as BEFORE/AFTER: before it is verified, and after.
package enum QuotaSettings {
    private static let usual = MerchantQuotas()

    static let cinemas = setting("cinemas", usual.cinemas, "cinemas, deleted ones included")
    static let halls = setting("halls", usual.halls, "halls of all its cinemas, deleted ones included")
    static let seats = setting("seats", usual.seats, "seats of all these halls")
    static let unusedLayouts = setting("unusedLayouts", usual.unusedLayouts, "former layouts that no showtime has used")
    static let openRequests = setting(
        "openRequests", usual.openRequests, "requests for screening rights that nobody has decided about")
    static let members = setting("members", usual.members, "accounts of its people, disabled ones included")

    static let pictures = setting("pictures", usual.pictures, "pictures that it was the first to upload")

    package static let group = SettingGroup(
        "Merchants", note: "how much one may write, before and after it is verified",
        [
            cinemas.declaration, halls.declaration, seats.declaration, unusedLayouts.declaration, openRequests.declaration,
            members.declaration, pictures.declaration,
        ])

    private static func setting(_ name: String, _ usual: MerchantQuotas.Quota, _ meaning: String) -> Setting<MerchantQuotas.Quota> {
        Setting(
            "quotas.\(name)", default: usual, unset: "\(usual.before)/\(usual.after)", else: "is not of the form BEFORE/AFTER", meaning
        ) { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard
                parts.count == 2, let before = parts[0], let after = parts[1], (0...1_000_000_000).contains(before),
                (0...1_000_000_000).contains(after)
            else { return nil }
            return MerchantQuotas.Quota(before: before, after: after)
        }
    }
}

extension MerchantQuotas {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init()
        cinemas = try settings[QuotaSettings.cinemas]
        halls = try settings[QuotaSettings.halls]
        seats = try settings[QuotaSettings.seats]
        unusedLayouts = try settings[QuotaSettings.unusedLayouts]
        openRequests = try settings[QuotaSettings.openRequests]
        members = try settings[QuotaSettings.members]
        pictures = try settings[QuotaSettings.pictures]
    }
}
