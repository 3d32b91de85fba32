/// A setting, declared once. The declaration decides how it is read, the line that names a wrong value, the names that count as settings,
/// and docs/settings.md.
///
/// ```swift
/// static let count = Setting("lanes.count", default: 2, in: 1...64, "bookings' transactions in flight at a time")
/// …
/// let count = try settings[LaneSettings.count]
/// ```
package struct Setting<Value: Sendable>: Sendable {
    package let declaration: SettingDeclaration
    private let read: @Sendable (_ settings: Settings, _ key: String) throws(SettingFault) -> Value

    fileprivate init(
        _ declaration: SettingDeclaration, read: @escaping @Sendable (_ settings: Settings, _ key: String) throws(SettingFault) -> Value
    ) {
        self.declaration = declaration
        self.read = read
    }

    /// The key with dots, as in `http.port`.
    package var key: String { declaration.key }

    /// One of several similar settings: `NAME` in the key is replaced by the name of a thing.
    package func named(_ name: String) -> Setting {
        Setting(declaration.named(name), read: read)
    }

    fileprivate func value(in settings: Settings) throws(SettingFault) -> Value { try read(settings, key) }
}

/// The declaration of a setting for people.
package struct SettingDeclaration: Hashable, Sendable {
    /// The key with dots, as in `http.port`; `NAME` in it stands for the name of a thing.
    package let key: String
    /// The value that applies while it isn't set; `required` where it must be set.
    package let unset: String
    /// The values that it may have; `nil` where the meaning says it.
    package let bounds: String?
    package let meaning: String
    /// Whether it may also stand in a file or among systemd's credentials.
    package let isSecret: Bool

    fileprivate init(_ key: String, unset: String, bounds: String? = nil, _ meaning: String, isSecret: Bool = false) {
        self.key = key
        self.unset = unset
        self.bounds = bounds
        self.meaning = meaning
        self.isSecret = isSecret
    }

    /// The name in the environment.
    package var name: String { SettingFault.environmentName(of: key) }

    fileprivate func named(_ name: String) -> SettingDeclaration {
        SettingDeclaration(key.replacing("NAME", with: name), unset: unset, bounds: bounds, meaning, isSecret: isSecret)
    }
}

/// Settings that belong together, in the order in which docs/settings.md has them.
package struct SettingGroup: Sendable {
    package let title: String
    /// A note about all of them; may be empty.
    package let note: String
    package let settings: [SettingDeclaration]

    package init(_ title: String, note: String = "", _ settings: [SettingDeclaration]) {
        self.title = title
        self.note = note
        self.settings = settings
    }
}

extension Settings {
    /// The value of a setting.
    ///
    /// - Throws: ``SettingFault`` when it is wrong, or missing where it is required.
    package subscript<Value>(_ setting: Setting<Value>) -> Value {
        get throws(SettingFault) { try setting.value(in: self) }
    }
}

extension Setting where Value == Int {
    /// A whole number within a range.
    package init(_ key: String, default usual: Int, in range: ClosedRange<Int>, _ meaning: String) {
        let declaration = SettingDeclaration(
            key, unset: "\(usual)", bounds: "\(range.lowerBound) to \(range.upperBound)", meaning)
        self.init(declaration) { settings, key throws(SettingFault) in try settings.int(key, in: range) ?? usual }
    }
}

extension Setting where Value == Int? {
    /// A whole number within a range, or none.
    ///
    /// - Parameter unset: the value that applies where there is none, in words.
    package init(_ key: String, unset: String, in range: ClosedRange<Int>, _ meaning: String) {
        let declaration = SettingDeclaration(key, unset: unset, bounds: "\(range.lowerBound) to \(range.upperBound)", meaning)
        self.init(declaration) { settings, key throws(SettingFault) in try settings.int(key, in: range) }
    }
}

extension Setting where Value == Bool {
    package init(_ key: String, default usual: Bool, _ meaning: String) {
        self.init(SettingDeclaration(key, unset: "\(usual)", bounds: "true or false", meaning)) { settings, key throws(SettingFault) in
            try settings.bool(key) ?? usual
        }
    }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of a type.
    package init(_ key: String, default usual: Value, _ meaning: String) {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        self.init(SettingDeclaration(key, unset: usual.rawValue, bounds: words, meaning)) { settings, key throws(SettingFault) in
            try settings.word(key) ?? usual
        }
    }
}

extension Setting {
    /// One of the words of a type, or none.
    ///
    /// - Parameter unset: the value that applies where there is none, in words.
    package init<Word: RawRepresentable & CaseIterable & Sendable>(word key: String, unset: String, _ meaning: String)
    where Value == Word?, Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        self.init(SettingDeclaration(key, unset: unset, bounds: words, meaning)) { settings, key throws(SettingFault) in
            try settings.word(key)
        }
    }

    /// A value that is parsed from text.
    ///
    /// - Parameters:
    ///   - unset: the value that applies where there is none, as it would be written.
    ///   - reason: what is wrong with a text that can't be parsed, to be read after the setting's name.
    ///   - parse: returns `nil` for such a text.
    package init(
        _ key: String, default usual: Value, unset: String, else reason: String, _ meaning: String,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.init(SettingDeclaration(key, unset: unset, meaning)) { settings, key throws(SettingFault) in
            guard let text = settings.text(key) else { return usual }
            guard let value = parse(text) else { throw SettingFault(key, reason) }
            return value
        }
    }
}

extension Setting where Value == String? {
    /// - Parameter unset: the value that applies where there is none, in words.
    package init(_ key: String, unset: String, _ meaning: String) {
        self.init(SettingDeclaration(key, unset: unset, meaning)) { settings, key in settings.text(key) }
    }

    /// A secret.
    ///
    /// - Parameter unset: the value that applies where there is none, in words.
    package init(secret key: String, unset: String, _ meaning: String) {
        self.init(SettingDeclaration(key, unset: unset, meaning, isSecret: true)) { settings, key throws(SettingFault) in
            try settings.secret(key)
        }
    }
}

extension Setting where Value == String {
    /// - Parameter unset: when the setting is required, in words.
    package init(required key: String, unset: String = "required", _ meaning: String) {
        self.init(SettingDeclaration(key, unset: unset, meaning)) { settings, key throws(SettingFault) in
            guard let text = settings.text(key) else { throw SettingFault(key, "is not set") }
            return text
        }
    }

    /// A secret that must be there.
    ///
    /// - Parameter unset: when the setting is required, in words.
    package init(requiredSecret key: String, unset: String = "required", _ meaning: String) {
        self.init(SettingDeclaration(key, unset: unset, meaning, isSecret: true)) { settings, key throws(SettingFault) in
            guard let secret = try settings.secret(key) else {
                throw SettingFault(key, "is not set, nor is it in a file or among the credentials")
            }
            return secret
        }
    }
}

extension Setting where Value == [String] {
    /// Words separated by commas; none where it isn't set.
    package init(list key: String, unset: String = "none", _ meaning: String) {
        self.init(SettingDeclaration(key, unset: unset, meaning)) { settings, key in settings.list(key) }
    }
}
