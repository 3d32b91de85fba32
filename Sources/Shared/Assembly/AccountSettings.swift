import Callers
import Foundation
package import HTTP
package import Shared

/// The settings of accounts, sessions and permissions.
package enum AccountSettings {
    static let secretsKey = Setting(
        secret: "identity.secretsKey",
        unset: "no one-time codes and no second factors; required by cinema and admin while staff need a second factor",
        "base64 of 32 bytes or more, as `openssl rand -base64 32` writes them, the same for all services; it can't be changed without setting "
            + "all second factors up anew")
    static let clientSessionHours = Setting(
        "identity.clientSessionHours", default: 720, in: 1...8_760, "after which a moviegoer's session ends")
    static let staffSessionHours = Setting(
        "identity.staffSessionHours", default: 12, in: 1...720, "after which a session of cinemas' and the platform's people ends")
    static let clientIdleMinutes = Setting(
        "identity.clientIdleMinutes", default: 20_160, in: 1...525_600, "without use, after which a moviegoer's session ends before")
    static let staffIdleMinutes = Setting(
        "identity.staffIdleMinutes", default: 60, in: 1...43_200, "without use, after which a session of staff ends before")
    static let sessionRecordDays = Setting(
        "identity.sessionRecordDays", default: 90, in: 1...3_650,
        "admin only: after which an ended session is deleted; one that was left unused counts to the end of its hours")
    static let sessionLimit = Setting("identity.sessionLimit", default: 20, in: 1...1_000, "sessions of an account at once")
    static let staffPasswordMinimum = Setting(
        "identity.staffPasswordMinimum", default: 15, in: 8...64, "characters of a staff password without a second factor")
    static let staffSecondFactor = Setting<StaffSecondFactor>(
        "identity.staffSecondFactor", default: .required,
        "whether cinemas' and the platform's people do nothing before they have a second factor")
    static let codesPerDestination = Setting(
        "identity.codesPerDestination", default: 10, in: 1...1_000,
        "one-time codes in 24 hours to a number or mailbox, for each realm and purpose: so many for all strangers, at most half of them for one, "
            + "and so many again for each address where its account has signed in; the strangers of a /48 of version 6 count as one")
    static let codesPerAddress = Setting(
        "identity.codesPerAddress", default: 100, in: 1...100_000,
        "one-time codes in 24 hours that one address may ask for, and sixteen times as many a /48 of version 6")
    static let codePauseSeconds = Setting(
        "identity.codePauseSeconds", default: 60, in: 0...3_600, "after which another code may be asked for")
    static let passwordThreads = Setting(
        "identity.passwordThreads", unset: "half of the cores, at least 1", in: 1...64,
        "passwords hashed at once; each takes a core and 19 MiB meanwhile")
    static let passwordQueue = Setting("identity.passwordQueue", default: 32, in: 0...1_000, "that may wait for it")
    static let permissionPolicy = Setting<PermissionPolicy>(
        "identity.permissionPolicy", default: .bits,
        "how a permission's number is read: with levels a larger number includes the smaller ones")
    static let permissionHints = Setting(
        "identity.permissionHints", default: true,
        "whether changed permissions are heard of at once rather than within a second; false behind PgBouncer's transaction mode without "
            + "`DATABASE_DIRECT_URL`")
    static let placesFile = Setting(
        "identity.placesFile", unset: "nobody is told where a device is", "address ranges and their places, as DB-IP's dbip-city-lite.csv")
    static let providers = Setting(
        list: "identity.providers", "client only: names of identity providers whose accounts sign people in, separated by commas")
    static let providerIssuer = Setting(required: "identity.provider.NAME.issuer", unset: "required for each", "of the provider NAME")
    static let providerClientID = Setting(required: "identity.provider.NAME.clientID", unset: "required for each", "of the provider NAME")
    static let providerClientSecret = Setting(
        requiredSecret: "identity.provider.NAME.clientSecret", unset: "required for each", "of the provider NAME")
    static let providerRedirectURI = Setting(
        required: "identity.provider.NAME.redirectURI", unset: "required for each",
        "where the provider NAME sends the browser back to; another for each, so that one's codes can't be taken for another's")

    package static let group = SettingGroup(
        "Accounts",
        [
            secretsKey.declaration, clientSessionHours.declaration, staffSessionHours.declaration, clientIdleMinutes.declaration,
            staffIdleMinutes.declaration, sessionRecordDays.declaration, sessionLimit.declaration, staffPasswordMinimum.declaration,
            staffSecondFactor.declaration, codesPerDestination.declaration, codesPerAddress.declaration, codePauseSeconds.declaration,
            passwordThreads.declaration, passwordQueue.declaration, permissionPolicy.declaration, permissionHints.declaration,
            placesFile.declaration, providers.declaration, providerIssuer.declaration, providerClientID.declaration,
            providerClientSecret.declaration, providerRedirectURI.declaration,
        ])
}

extension AccountsConfiguration {
    /// Reads the configuration of sessions and permissions.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings) throws(SettingFault) {
        self.init()
        clientSession = .seconds(3600 * (try settings[AccountSettings.clientSessionHours]))
        staffSession = .seconds(3600 * (try settings[AccountSettings.staffSessionHours]))
        clientIdle = .seconds(60 * (try settings[AccountSettings.clientIdleMinutes]))
        staffIdle = .seconds(60 * (try settings[AccountSettings.staffIdleMinutes]))
        sessionRecord = .seconds(86_400 * (try settings[AccountSettings.sessionRecordDays]))
        sessionLimit = try settings[AccountSettings.sessionLimit]
        staffPasswordMinimum = try settings[AccountSettings.staffPasswordMinimum]
        staffSecondFactor = try settings[AccountSettings.staffSecondFactor]
        codes.dailyPerDestination = try settings[AccountSettings.codesPerDestination]
        codes.dailyPerAddress = try settings[AccountSettings.codesPerAddress]
        codes.pause = .seconds(try settings[AccountSettings.codePauseSeconds])
        sendsMessages = try settings[MessageSettings.sender] != nil
        permissionPolicy = try settings[AccountSettings.permissionPolicy]
    }
}

extension AccountSecrets {
    /// Reads the key. Without it there are neither one-time codes nor second factors, and an account with a second factor can't sign in.
    ///
    /// - Returns: `nil` when it isn't set.
    /// - Throws: ``SettingFault`` when it is wrong.
    package static func read(_ settings: Settings) throws(SettingFault) -> AccountSecrets? {
        guard let text = try settings[AccountSettings.secretsKey] else { return nil }
        guard let secrets = AccountSecrets(base64: text) else {
            throw SettingFault(AccountSettings.secretsKey.key, "is not base64 of at least 32 bytes")
        }
        return secrets
    }
}

extension PasswordHasher {
    /// Reads how many passwords are hashed at once and how many may wait. Half of the cores stay free for buyers.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package convenience init(_ settings: Settings) throws(SettingFault) {
        self.init(
            threadCount: try settings[AccountSettings.passwordThreads] ?? max(1, ProcessInfo.processInfo.activeProcessorCount / 2),
            maximumWaiting: try settings[AccountSettings.passwordQueue]
        )
        expectFormerHashes()
    }
}

extension IPGeography {
    /// Loads the list once at the start, by ``init(csv:)``.
    ///
    /// - Returns: `nil` when it isn't set.
    /// - Throws: ``SettingFault`` when it can't be read.
    package static func read(_ settings: Settings) throws(SettingFault) -> IPGeography? {
        guard let path = try settings[AccountSettings.placesFile] else { return nil }
        // Such lists have hundreds of megabytes, so the file is mapped and not copied.
        guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            throw SettingFault(AccountSettings.placesFile.key, "names a file that can't be read")
        }
        do throws(ImportFileError) {
            return try IPGeography(csv: Array(data))
        } catch {
            throw SettingFault(AccountSettings.placesFile.key, "names a file that isn't a list of places: \(error.description)")
        }
    }
}
