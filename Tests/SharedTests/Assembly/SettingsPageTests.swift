import Assembly
import Foundation
import HTTP
import Testing

/// The table of docs/settings.md is made from the declarations. `make docs` writes it by running this with WRITE_API_REFERENCE set.
@Suite("The page of settings")
struct SettingsPageTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    private static let opening = "<!-- The table is made from the declarations by `make docs`. -->\n"
    private static let closing = "<!-- end of the table -->\n"

    @Test("docs/settings.md says what the declarations say")
    func upToDate() throws {
        let file = Self.root.appending(path: "docs/settings.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(page.firstRange(of: Self.opening))
        let end = try #require(page.firstRange(of: Self.closing))
        if ProcessInfo.processInfo.environment["WRITE_API_REFERENCE"] != nil {
            let written = page[..<begin.upperBound] + Self.table + page[end.lowerBound...]
            try Data(String(written).utf8).write(to: file)
        }
        let current = try String(contentsOf: file, encoding: .utf8)
        #expect(current.contains(Self.opening + Self.table + Self.closing), "docs/settings.md is out of date: run `make docs`")
    }

    @Test("No setting is declared twice")
    func once() {
        let names = AllSettings.groups.flatMap(\.settings).map(\.name)
        #expect(names.count > 90)
        #expect(Set(names).count == names.count)
    }

    @Test("Every declared setting is in a group, so that its name counts and the page has it")
    func grouped() throws {
        let declaring = /Setting(?:<[^(]*>)?\(\s*(?:\w+: )?"([A-Za-z.]+)"/
        let known = Set(AllSettings.groups.flatMap(\.settings).map(\.key))
        var declared: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: Self.root.appending(path: "Sources"), includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" && file.lastPathComponent != "Setting.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: declaring) { declared.insert(String(match.output.1)) }
        }
        #expect(declared.count > 80)
        #expect(declared.subtracting(known).sorted() == [])
    }

    private static var table: String {
        var lines = ["| setting | unless set | what |", "| --- | --- | --- |"]
        for group in AllSettings.groups {
            lines.append("| **\(group.title)** | | \(group.note) |")
            for setting in group.settings {
                let unset = setting.unset + (setting.isSecret ? "; a secret" : "")
                let meaning = setting.meaning + (setting.bounds.map { " (\($0))" } ?? "")
                lines.append("| `\(setting.name)` | \(unset) | \(meaning) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
