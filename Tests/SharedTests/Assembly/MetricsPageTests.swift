import Assembly
import Foundation
import HTTP
import Testing

/// The table of docs/metrics.md is made from the declarations. `make docs` writes it by running this with WRITE_API_REFERENCE set.
@Suite("The page of metrics")
struct MetricsPageTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    private static let opening = "<!-- The table is made from the declarations by `make docs`. -->\n"
    private static let closing = "<!-- end of the table -->\n"

    @Test("docs/metrics.md says what the declarations say")
    func upToDate() throws {
        let file = Self.root.appending(path: "docs/metrics.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(page.firstRange(of: Self.opening))
        let end = try #require(page.firstRange(of: Self.closing))
        if ProcessInfo.processInfo.environment["WRITE_API_REFERENCE"] != nil {
            let written = page[..<begin.upperBound] + Self.table + page[end.lowerBound...]
            try Data(String(written).utf8).write(to: file)
        }
        let current = try String(contentsOf: file, encoding: .utf8)
        #expect(current.contains(Self.opening + Self.table + Self.closing), "docs/metrics.md is out of date: run `make docs`")
    }

    @Test("What the text around the table names is declared")
    func named() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/metrics.md"), encoding: .utf8)
        let names = Set(page.matches(of: /`(piao_\w+)/).map { String($0.output.1) })
        #expect(names.subtracting(ServiceMetrics.all.map(\.name)).sorted() == [])
    }

    @Test("Every name begins alike, and ends as its kind wants it")
    func names() {
        let metrics = ServiceMetrics.all
        #expect(Set(metrics.map(\.name)).count == metrics.count)
        for metric in metrics {
            #expect(metric.name.hasPrefix("piao_"), "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.kind != .timer || metric.name.hasSuffix("_seconds"), "\(metric.name)")
        }
    }

    @Test("Every metric in the sources is declared as what it is, and every declared one is there")
    func declared() throws {
        let making = /\b(?:make)?(Counter|Gauge|Timer|Meter|Recorder)\(\s*label: "(\w+)"/
        // Where several series are made of one name, the name has one of its own.
        let naming = /static let \w+ = "(piao_\w+_(?:total|seconds))"/
        let kinds: [String: MetricKind] = ["Counter": .counter, "Gauge": .gauge, "Timer": .timer]
        let known = Dictionary(uniqueKeysWithValues: ServiceMetrics.all.map { ($0.name, $0.kind) })
        var found: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: Self.root.appending(path: "Sources"), includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: making) {
                let (kind, name) = (String(match.output.1), String(match.output.2))
                #expect(known[name] != nil && known[name] == kinds[kind], "\(file.lastPathComponent): \(kind) \(name)")
                found.insert(name)
            }
            for match in text.matches(of: naming) { found.insert(String(match.output.1)) }
        }
        #expect(found.symmetricDifference(known.keys).sorted() == [])
    }

    private static var table: String {
        var lines = ["| metric | kind | labels | what |", "| --- | --- | --- | --- |"]
        for metric in ServiceMetrics.all {
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            lines.append("| `\(metric.name)` | \(metric.kind.typeName) | \(labels) | \(metric.help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
