package import Configuration
import Foundation

/// A service's settings. They come from the environment first, and then from the files that `PIAO_CONFIGURATION` names, in their order.
///
/// Their paths are separated by colons; a hyphen before one says that it may be absent.
/// A key such as `http.port` is written `HTTP_PORT` everywhere. A file has lines of `NAME=value`; empty lines and lines that begin with `#`
/// are ignored. An empty value counts as absent. A wrong value never counts as absent: reading it throws, and the start-up stops.
package struct Settings: Sendable {
    private let reader: ConfigReader

    /// Settings from any reader; tests pass one in memory.
    package init(_ reader: ConfigReader) {
        self.reader = reader
    }

    /// Settings from values by their names in the environment.
    package init(environment: [String: String]) {
        self.init(ConfigReader(providers: [EnvironmentVariablesProvider(environmentVariables: environment)]))
    }

    /// The settings of this process.
    ///
    /// - Parameter names: all settings; the files may hold no others.
    /// - Throws: ``SettingFault`` when the file can't be read, or holds something else.
    package static func load(
        environment: [String: String] = ProcessInfo.processInfo.environment, names: SettingNames
    ) throws(SettingFault) -> Settings {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider(environmentVariables: environment)]
        for path in (environment["PIAO_CONFIGURATION"] ?? "").split(separator: ":") {
            let mayBeAbsent = path.hasPrefix("-")
            let path = String(mayBeAbsent ? path.dropFirst() : path)
            if mayBeAbsent, !FileManager.default.fileExists(atPath: path) { continue }
            providers.append(EnvironmentVariablesProvider(environmentVariables: try SettingsFile.values(at: path, names: names)))
        }
        return Settings(ConfigReader(providers: providers))
    }

    /// The text under a key; `nil` when it is absent or empty.
    func text(_ key: String) -> String? {
        guard let text = reader.string(forKey: ConfigKey(key)), !text.isEmpty else { return nil }
        return text
    }

    /// A whole number within a range.
    func int(_ key: String, in range: ClosedRange<Int>) throws(SettingFault) -> Int? {
        guard let text = text(key) else { return nil }
        guard let number = Int(text) else { throw SettingFault(key, "is not a whole number") }
        guard range.contains(number) else { throw SettingFault(key, "is not within \(range.lowerBound) to \(range.upperBound)") }
        return number
    }

    /// `true` or `false`.
    func bool(_ key: String) throws(SettingFault) -> Bool? {
        switch text(key)?.lowercased() {
        case nil: return nil
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw SettingFault(key, "is not true or false")
        }
    }

    /// One of the words of a type.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String) throws(SettingFault) -> Word? where Word.RawValue == String {
        guard let text = text(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw SettingFault(key, "is not one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// Words separated by commas; empty when absent.
    func list(_ key: String) -> [String] {
        (text(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A secret. It is looked for under the key, then in the file that the key with `_FILE` names, and then in systemd's credentials
    /// directory under the key's name in lower case. `nil` when there is none.
    ///
    /// - Throws: ``SettingFault`` when a file is named but can't be read.
    func secret(_ key: String) throws(SettingFault) -> String? {
        if let text = reader.string(forKey: ConfigKey(key), isSecret: true), !text.isEmpty { return text }
        if let path = text(key + ".file") { return try SettingsFile.secret(at: path, key: key + ".file") }
        guard let directory = text("credentials.directory") else { return nil }
        let path = "\(directory)/\(SettingFault.environmentName(of: key).lowercased())"
        return FileManager.default.fileExists(atPath: path) ? try SettingsFile.secret(at: path, key: key) : nil
    }
}

extension Settings: CustomStringConvertible, CustomReflectable {
    /// A description without values, because some are secrets that must not get into a log.
    package var description: String { "settings" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A setting that a service can't start with.
package struct SettingFault: Error, Hashable, CustomStringConvertible {
    /// The name in the environment.
    package let name: String
    package let reason: String

    /// - Parameter key: with dots, as in `http.port`.
    package init(_ key: String, _ reason: String) {
        name = Self.environmentName(of: key)
        self.reason = reason
    }

    /// One line without the value, which might be a secret.
    package var description: String { "Configuration: \(name) \(reason)." }

    /// `http.port` is HTTP_PORT, `rateLimits.enabled` RATE_LIMITS_ENABLED.
    static func environmentName(of key: String) -> String {
        var name = ""
        for character in key {
            if character == "." {
                name.append("_")
            } else {
                if character.isUppercase, name.last?.isLowercase == true { name.append("_") }
                name.append(character)
            }
        }
        return name.uppercased()
    }
}
