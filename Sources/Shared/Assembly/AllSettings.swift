package import HTTP

/// All settings of the three services, in the order of docs/settings.md.
package enum AllSettings {
    package static let groups = [
        HTTPSettings.group, RateLimitSettings.group, DatabaseSettings.group, AccountSettings.group, MessageSettings.group,
        SellingSettings.group, CatalogSettings.group, QuotaSettings.group, PictureSettings.group, AlipaySettings.group,
    ]
}

extension SettingNames {
    /// The names of all settings. The gateway's stand-in has settings of its own, whose names begin like the gateway's.
    package static let all = SettingNames(AllSettings.groups, foreignBeginnings: ["ALIPAY_SANDBOX_"])
}
