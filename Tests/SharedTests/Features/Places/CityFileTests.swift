import Testing

@testable import Shared

@Suite("A city list")
struct CityFileTests {
    private func read(_ rows: String, group: String = "A") throws -> ImportedFile<City> {
        try CityFile.read(Array("{\"returnCode\": \"0\", \"returnValue\": {\"\(group)\": [\n\(rows)\n]}}".utf8))
    }

    private func row(id: Int64 = 1, parent: Int64 = 0, name: String = "\"阿坝\"", code: String = "513200", pinyin: String = "\"ABA\"")
        -> String
    {
        "{\"id\": \(id), \"parentId\": \(parent), \"regionName\": \(name), \"cityCode\": \(code), \"pinYin\": \(pinyin)}"
    }

    @Test("gives cities with the letter that they stand under, and leaves other keys alone")
    func cities() throws {
        let extra = row(id: 2, parent: 1, code: "513201").replacing("}", with: ", \"selected\": 1}")
        let file = try read("\(row()),\n\(extra)")
        #expect(file.refusals.isEmpty)
        #expect(
            file.rows == [
                .init(line: 2, value: City(id: 1, parentID: nil, name: "阿坝", code: "513200", pinyin: "ABA", initial: "A")),
                .init(line: 3, value: City(id: 2, parentID: 1, name: "阿坝", code: "513201", pinyin: "ABA", initial: "A")),
            ]
        )
    }

    @Test(
        "loses only the row that is broken, and names its line",
        arguments: [
            ("{\"id\": 9}", "parentId is missing"),
            ("{\"id\": \"9\", \"parentId\": 0, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"X\"}", "id has the wrong type"),
            (
                "{\"id\": 9, \"parentId\": null, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"X\"}",
                "parentId has the wrong type"
            ),
            ("{\"id\": 9, \"parentId\": 0, \"regionName\": 5, \"cityCode\": 513201, \"pinYin\": \"X\"}", "regionName has the wrong type"),
            (
                "{\"id\": 9, \"parentId\": 0, \"regionName\": \"x\", \"cityCode\": 51320, \"pinYin\": \"X\"}",
                "cityCode doesn't have six digits"
            ),
            ("{\"id\": 9, \"parentId\": 9, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"X\"}", "the city is its own parent"),
            ("{\"id\": 0, \"parentId\": 0, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"X\"}", "id is not positive"),
            ("{\"id\": 9, \"parentId\": -1, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"X\"}", "parentId is negative"),
            (
                "{\"id\": 9, \"parentId\": 0, \"regionName\": \"a\\u0000b\", \"cityCode\": 513201, \"pinYin\": \"X\"}",
                "regionName is not a name of 1 to 50 characters"
            ),
            (
                "{\"id\": 9, \"parentId\": 0, \"regionName\": \" \", \"cityCode\": 513201, \"pinYin\": \"X\"}",
                "regionName is not a name of 1 to 50 characters"
            ),
            (
                "{\"id\": 9, \"parentId\": 0, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"\"}",
                "pinYin is not a name of 1 to 100 characters"
            ),
            (
                "{\"id\": 1, \"parentId\": 0, \"regionName\": \"x\", \"cityCode\": 513201, \"pinYin\": \"X\"}",
                "the id 1 is on line 2 already"
            ),
            (
                "{\"id\": 9, \"parentId\": 0, \"regionName\": \"x\", \"cityCode\": 513200, \"pinYin\": \"X\"}",
                "the code 513200 is on line 2 already"
            ),
            ("{\"id\": 9, \"parentId\" 0}", "not well-formed JSON"),
            ("{\"id\": 9, \"parentId\": 0, \"regionName\": \"x, \"cityCode\": 513201, \"pinYin\": \"X\"}", "not well-formed JSON"),
            ("17", "not a JSON object"),
            ("\"a, ] } string\"", "not a JSON object"),
            ("[1, [2, {}]]", "not a JSON object"),
            ("null", "not a JSON object"),
        ])
    func brokenRow(broken: String, reason: String) throws {
        let file = try read("\(row()),\n\(broken),\n\(row(id: 3, code: "513203"))")
        #expect(file.rows.map(\.value.id) == [1, 3])
        #expect(file.rows.map(\.line) == [2, 4])
        #expect(file.refusals.map(\.line) == [3])
        #expect(file.refusals.map(\.reason) == [reason])
    }

    @Test("refuses names that are too long by a character")
    func longName() throws {
        #expect(try read(row(name: "\"\(String(repeating: "京", count: 50))\"")).refusals.isEmpty)
        #expect(try read(row(name: "\"\(String(repeating: "京", count: 51))\"")).refusals.count == 1)
    }

    @Test("refuses ids beyond 64 bits without breaking")
    func hugeNumber() throws {
        let file = try read(row().replacing("\"id\": 1", with: "\"id\": 92233720368547758080"))
        #expect(file.rows.isEmpty)
        #expect(file.refusals.count == 1)
    }

    @Test("refuses rows under anything but a letter")
    func groups() throws {
        #expect(try read(row(), group: "AB").refusals.count == 1)
        #expect(try read(row(), group: "a").refusals.count == 1)
    }

    @Test(
        "is no city list when its brackets don't match, it ends early, or it holds something else",
        arguments: [
            "{\"returnValue\": {\"A\": [{\"id\": 1]}}", "{\"returnValue\": {\"A\": [{\"id\": 1}", "{}", "[]", "", "{\"A\": [1]}", "]",
            "{\"returnValue\": [{\"id\": 1}]}",
        ])
    func noList(text: String) {
        #expect(throws: ImportFileError.self) { try CityFile.read(Array(text.utf8)) }
    }
}

@Suite("A city's parent")
struct CityParentsTests {
    private func row(_ id: Int64, _ parent: Int64?) -> ImportedFile<City>.Row {
        .init(line: Int(id), value: City(id: id, parentID: parent, name: "x", code: "100000", pinyin: "X", initial: "X"))
    }

    @Test("may come before or after it in the file, or be in the database")
    func known() {
        let (accepted, refusals) = CityParents.check([row(1, 2), row(2, nil), row(3, 2), row(4, 40)], known: [40])
        #expect(accepted.map(\.value.id) == [1, 2, 3, 4])
        #expect(refusals.isEmpty)
    }

    @Test("must be known: else the city is refused, and all that stand under it")
    func unknown() {
        let (accepted, refusals) = CityParents.check([row(1, 999), row(2, 1), row(3, nil)], known: [])
        #expect(accepted.map(\.value.id) == [3])
        #expect(refusals.map(\.line) == [1, 2])
    }

    @Test("isn't below the city itself")
    func circle() {
        let (accepted, refusals) = CityParents.check([row(1, 2), row(2, 3), row(3, 1), row(4, nil)], known: [])
        #expect(accepted.map(\.value.id) == [4])
        #expect(refusals.count == 3)
    }
}
