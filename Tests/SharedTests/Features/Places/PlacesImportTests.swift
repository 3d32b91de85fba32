import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Importing cities")
struct PlacesImportTests {
    /// The list that the demo imports.
    static func demoFile(_ name: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
        return Array(try Data(contentsOf: root.appending(path: "deploy/local/data/\(name)")))
    }

    private func cities(_ rows: [(id: Int, parent: Int, name: String, code: Int)]) -> [UInt8] {
        let rows = rows.map {
            "{\"id\": \($0.id), \"parentId\": \($0.parent), \"regionName\": \"\($0.name)\", \"cityCode\": \($0.code), \"pinYin\": \"X\"}"
        }
        return Array("{\"returnValue\": {\"X\": [\n\(rows.joined(separator: ",\n"))\n]}}".utf8)
    }

    private func run(_ bytes: [UInt8], on pool: PostgresPool) async throws -> ImportSummary {
        try await PlacesImport(bytes).run(on: pool) { _, _ in }
    }

    @Test("takes all 344 of the demo's list, children before their parents too, and twice changes nothing")
    func demoCities() async throws {
        try await withTestDatabase { pool in
            let bytes = try Self.demoFile("citys.json")
            let first = try await run(bytes, on: pool)
            #expect(first.description == "added 344, changed 0, unchanged 0, refused 0")
            #expect(try await run(bytes, on: pool).description == "added 0, changed 0, unchanged 344, refused 0")
            let gongyi = try await Places().city(2166, in: pool)
            #expect(gongyi.parentID == 43)
            #expect(gongyi.name == "巩义市")
            let all = try await PlacesFixture.all(100) { try await Places().cities(page: $0, in: pool) }
            #expect(all.count == 344)
            #expect(all == all.sorted { ($0.initial, $0.pinyin, $0.id) < ($1.initial, $1.pinyin, $1.id) })
        }
    }

    @Test("takes the demo's divisions, and twice changes nothing")
    func demoDivisions() async throws {
        try await withTestDatabase { pool in
            let bytes = try Self.demoFile("adcodes.csv")
            let first = try await run(bytes, on: pool)
            #expect(first.added > 300)
            #expect(first.refusals.isEmpty)
            let second = try await run(bytes, on: pool)
            #expect(second.description == "added 0, changed 0, unchanged \(first.added), refused 0")
        }
    }

    @Test("changes what has changed and adds what is new")
    func changes() async throws {
        try await withTestDatabase { pool in
            _ = try await run(cities([(1, 0, "one", 100_001), (2, 0, "two", 100_002)]), on: pool)
            let summary = try await run(cities([(2, 1, "two", 100_002), (1, 0, "eins", 100_001), (3, 2, "three", 100_003)]), on: pool)
            #expect(summary.description == "added 1, changed 2, unchanged 0, refused 0")
            #expect(try await Places().city(1, in: pool).name == "eins")
            #expect(try await Places().city(2, in: pool).parentID == 1)
        }
    }

    @Test("leaves out a city whose parent nobody knows, or whose code another city has, and takes the others")
    func brokenRows() async throws {
        try await withTestDatabase { pool in
            _ = try await run(cities([(1, 0, "one", 100_001)]), on: pool)
            let bytes = cities([
                (10, 11, "child", 100_010), (9, 0, "thief", 100_001), (11, 0, "parent", 100_011), (12, 999, "orphan", 100_012),
            ])
            let summary = try await run(bytes, on: pool)
            #expect(summary.added == 2)
            #expect(summary.refusals.map(\.line) == [3, 5])
            #expect(summary.refusals.last?.reason == "there is no city 999, which is to be its parent")
            #expect(try await Places().city(10, in: pool).parentID == 11)
            await expectRefusal("not_found") { _ = try await Places().city(9, in: pool) }
        }
    }

    @Test("by two at once ends with every city there once")
    func parallel() async throws {
        try await withTestDatabase { pool in
            let bytes = try Self.demoFile("citys.json")
            async let one = run(bytes, on: pool)
            async let two = run(bytes, on: pool)
            let summaries = try await [one, two]
            #expect(summaries.map(\.added).reduce(0, +) == 344)
            #expect(summaries.flatMap(\.refusals).isEmpty)
        }
    }

    @Test("tells how far it is")
    func progress() async throws {
        try await withTestDatabase { pool in
            var steps: [[Int]] = []
            let bytes = try Self.demoFile("adcodes.csv")
            _ = try await PlacesImport(bytes).run(on: pool) { steps.append([$0, $1]) }
            let last = try #require(steps.last)
            #expect(last[0] == last[1])
            #expect(steps.map { $0[0] } == steps.map { $0[0] }.sorted())
        }
    }

    @Test("refuses a file that is neither list", arguments: ["", "[1]", "a,b\n1,2\n", "{\"x\": 1}", "\u{0}\u{1}\u{2}"])
    func noList(text: String) {
        #expect(throws: ImportFileError.self) { try PlacesImport(Array(text.utf8)) }
    }
}
