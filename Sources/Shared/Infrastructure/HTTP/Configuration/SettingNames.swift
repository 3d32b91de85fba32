/// The names of all settings, so that a misspelt one is noticed.
package struct SettingNames: Sendable {
    /// A name that is no setting, and the setting that was probably meant.
    package struct Unknown: Hashable, Sendable {
        package let name: String
        package let nearest: String
    }

    private let names: Set<String>
    private let templates: [(before: String, after: String)]
    /// The beginnings of the names, up to the first underscore.
    private let beginnings: Set<Substring>

    /// Names that begin like ours and belong to others: HTTP clients read their proxy from it.
    private static let foreign: Set<String> = ["HTTP_PROXY"]
    /// The beginnings of names of another program that shares some names with ours.
    private let foreignBeginnings: [String]

    /// - Parameters:
    ///   - groups: all settings.
    ///   - foreignBeginnings: the beginnings of names of another program that shares some names with ours.
    package init(_ groups: [SettingGroup], foreignBeginnings: [String]) {
        let all =
            ["PIAO_CONFIGURATION"]
            + groups.flatMap(\.settings).flatMap { setting in setting.isSecret ? [setting.name, setting.name + "_FILE"] : [setting.name] }
        self.foreignBeginnings = foreignBeginnings
        names = Set(all.filter { !$0.contains("_NAME_") })
        templates = all.filter { $0.contains("_NAME_") }.compactMap { template in
            guard let place = template.firstRange(of: "NAME") else { return nil }
            return (String(template[..<place.lowerBound]), String(template[place.upperBound...]))
        }
        beginnings = Set(all.map { $0.prefix { $0 != "_" } })
    }

    /// Whether there is a setting of this name, in capitals as it is read.
    package func contains(_ name: String) -> Bool {
        names.contains(name)
            || templates.contains { template in
                name.hasPrefix(template.before) && name.hasSuffix(template.after)
                    && name.utf8.count > template.before.utf8.count + template.after.utf8.count
            }
    }

    /// Names in an environment that were probably meant as settings and are none: they begin like one of our names, or are nearly one.
    package func unknown(in environment: some Sequence<String>) -> [Unknown] {
        environment.filter { name in
            guard !contains(name), !Self.foreign.contains(name.uppercased()), name.contains("_") else { return false }
            guard !foreignBeginnings.contains(where: name.hasPrefix) else { return false }
            return beginnings.contains(name.uppercased().prefix { $0 != "_" }) || distance(name, nearest(to: name)) <= 2
        }
        .sorted().map { Unknown(name: $0, nearest: nearest(to: $0)) }
    }

    /// The setting that differs least from a name.
    package func nearest(to name: String) -> String {
        names.map { (distance(name, $0), $0) }.min { $0 < $1 }?.1 ?? ""
    }

    /// The number of letters that are missing, surplus, wrong, or swapped with their neighbours (the restricted distance of Damerau and
    /// Levenshtein).
    private func distance(_ one: String, _ other: String) -> Int {
        // Names from outside may be of any length; no setting is nearly so long.
        let (one, other) = (Array(one.uppercased().utf8.prefix(128)), Array(other.utf8))
        var (before, last) = ([Int](), Array(0...other.count))
        for (row, letter) in one.enumerated() {
            var now = [row + 1]
            for (column, otherLetter) in other.enumerated() {
                var least = min(last[column] + (letter == otherLetter ? 0 : 1), last[column + 1] + 1, now[column] + 1)
                if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
                    least = min(least, before[column - 1] + 1)
                }
                now.append(least)
            }
            (before, last) = (last, now)
        }
        return last.last ?? 0
    }
}
