import Foundation
package import HTTP
package import Shared

extension AccountsConfiguration {
    /// How sessions and permissions are kept, as the settings say.
    ///
    /// - `identity.clientSessionHours` (IDENTITY_CLIENT_SESSION_HOURS, 720), `identity.staffSessionHours` (IDENTITY_STAFF_SESSION_HOURS, 12).
    /// - `identity.clientIdleMinutes` (IDENTITY_CLIENT_IDLE_MINUTES, 20160, which are 14 days), `identity.staffIdleMinutes`
    ///   (IDENTITY_STAFF_IDLE_MINUTES, 60): after which without use a session ends before its time.
    /// - `identity.sessionRecordDays` (IDENTITY_SESSION_RECORD_DAYS, 90): after which an ended session is deleted.
    /// - `identity.sessionLimit` (IDENTITY_SESSION_LIMIT, 20): sessions that an account may have at once.
    /// - `identity.staffPasswordMinimum` (IDENTITY_STAFF_PASSWORD_MINIMUM, 15): how many characters the passwords of cinemas' and the platform's
    ///   people have as long as there is no second factor.
    /// - `identity.codesPerDestination` (IDENTITY_CODES_PER_DESTINATION, 10), `identity.codesPerAddress` (IDENTITY_CODES_PER_ADDRESS, 100):
    ///   one-time codes in 24 hours; `identity.codePauseSeconds` (IDENTITY_CODE_PAUSE_SECONDS, 60): after which another may be asked for.
    /// - `identity.staffSecondFactor` (IDENTITY_STAFF_SECOND_FACTOR, required): whether the people of cinemas and of the platform must have a second
    ///   factor: required or optional.
    /// - `messages.sender` (MESSAGES_SENDER): see ``MessageSettings``; without it no codes are sent.
    /// - `identity.permissionPolicy` (IDENTITY_PERMISSION_POLICY, bits): bits, or levels, where a larger number includes the smaller ones.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings) throws(SettingFault) {
        self.init()
        clientSession = .seconds(3600 * (try settings.int("identity.clientSessionHours", default: 720, in: 1...8_760)))
        staffSession = .seconds(3600 * (try settings.int("identity.staffSessionHours", default: 12, in: 1...720)))
        clientIdle = .seconds(60 * (try settings.int("identity.clientIdleMinutes", default: 20_160, in: 1...525_600)))
        staffIdle = .seconds(60 * (try settings.int("identity.staffIdleMinutes", default: 60, in: 1...43_200)))
        sessionRecord = .seconds(86_400 * (try settings.int("identity.sessionRecordDays", default: 90, in: 1...3_650)))
        sessionLimit = try settings.int("identity.sessionLimit", default: 20, in: 1...1_000)
        staffPasswordMinimum = try settings.int("identity.staffPasswordMinimum", default: 15, in: 8...64)
        staffSecondFactor = try settings.word("identity.staffSecondFactor", default: .required)
        codes.dailyPerDestination = try settings.int("identity.codesPerDestination", default: 10, in: 1...1_000)
        codes.dailyPerAddress = try settings.int("identity.codesPerAddress", default: 100, in: 1...100_000)
        codes.pause = .seconds(try settings.int("identity.codePauseSeconds", default: 60, in: 0...3_600))
        sendsMessages = settings.text("messages.sender") != nil
        permissionPolicy = try settings.word("identity.permissionPolicy", default: .bits)
    }
}

extension AccountSecrets {
    /// - `identity.secretsKey` (IDENTITY_SECRETS_KEY, a secret: IDENTITY_SECRETS_KEY_FILE names a file): base64 of 32 bytes or more, as
    ///   `openssl rand -base64 32` writes them; the same for all services. Without it there are neither one-time codes nor second factors,
    ///   and accounts that have a second factor can't sign in. It can't be changed without setting all second factors up anew.
    ///
    /// - Returns: `nil` when it isn't set.
    /// - Throws: ``SettingFault`` when it is wrong.
    package static func read(_ settings: Settings) throws(SettingFault) -> AccountSecrets? {
        guard let text = try settings.secret("identity.secretsKey") else { return nil }
        guard let secrets = AccountSecrets(base64: text) else {
            throw SettingFault("identity.secretsKey", "is not base64 of at least 32 bytes")
        }
        return secrets
    }
}

extension PasswordHasher {
    /// How many passwords are hashed at once and how many may wait.
    ///
    /// - `identity.passwordThreads` (IDENTITY_PASSWORD_THREADS, half of the cores and at least 1): each takes a core and 19 MiB while it hashes;
    ///   the other half is for those who buy.
    /// - `identity.passwordQueue` (IDENTITY_PASSWORD_QUEUE, 32).
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package convenience init(_ settings: Settings) throws(SettingFault) {
        self.init(
            threadCount: try settings.int(
                "identity.passwordThreads", default: max(1, ProcessInfo.processInfo.activeProcessorCount / 2), in: 1...64),
            maximumWaiting: try settings.int("identity.passwordQueue", default: 32, in: 0...1_000)
        )
        expectFormerHashes()
    }
}

extension IPGeography {
    /// - `identity.placesFile` (IDENTITY_PLACES_FILE): a list of address ranges and their places, as ``init(csv:)`` reads it, loaded once at the
    ///   start. Without it no place is shown beside a device.
    ///
    /// - Returns: `nil` when it isn't set.
    /// - Throws: ``SettingFault`` when it can't be read.
    package static func read(_ settings: Settings) throws(SettingFault) -> IPGeography? {
        guard let path = settings.text("identity.placesFile") else { return nil }
        // Such lists have hundreds of megabytes: one copy is enough.
        guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            throw SettingFault("identity.placesFile", "names a file that can't be read")
        }
        do throws(ImportFileError) {
            return try IPGeography(csv: Array(data))
        } catch {
            throw SettingFault("identity.placesFile", "names a file that isn't a list of places: \(error.description)")
        }
    }
}
