import Foundation

/// Reads files of settings and of secrets.
enum SettingsFile {
    /// The values of a file with lines of `NAME=value`, where the value may stand in quotes.
    ///
    /// - Parameter names: all settings. The file is for this program only, so any other name in it is a mistake.
    static func values(at path: String, names: SettingNames) throws(SettingFault) -> [String: String] {
        let text = try text(at: path, key: "piao.configuration")
        var values: [String: String] = [:]
        // On Windows, files end their lines with two characters. Swift sees these as one character that isn't "\n".
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
                throw SettingFault("piao.configuration", "names a file whose line \(index + 1) is not NAME=value")
            }
            let name = String(line[..<equals])
            guard names.contains(name) else {
                throw SettingFault(
                    "piao.configuration",
                    "names a file whose line \(index + 1) sets \(name), which is no setting; \(names.nearest(to: name)) is the nearest")
            }
            guard values[name] == nil else {
                throw SettingFault("piao.configuration", "names a file whose line \(index + 1) sets \(name) once more")
            }
            var value = line[line.index(after: equals)...]
            if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
                value = value.dropFirst().dropLast()
            }
            values[name] = String(value)
        }
        return values
    }

    /// A secret without the line end that editors leave behind.
    static func secret(at path: String, key: String) throws(SettingFault) -> String {
        let text = try text(at: path, key: key)
        let secret = text.trimmingCharacters(in: .newlines)
        guard !secret.isEmpty else { throw SettingFault(key, "is an empty file") }
        return secret
    }

    private static func text(at path: String, key: String) throws(SettingFault) -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            throw SettingFault(key, "names a file that can't be read as text")
        }
        return text
    }
}
