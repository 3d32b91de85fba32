import Testing

@testable import Shared

@Suite("Comma-separated values")
struct CSVReaderTests {
    private func records(_ text: String) -> [CSVReader.Record] {
        Array(CSVReader(Array(text.utf8)))
    }

    private func cells(_ text: String) -> [[String]?] {
        records(text).map { try? $0.cells.get() }
    }

    @Test("are read with quotes, commas, doubled quotes and line breaks in a cell")
    func quoting() {
        #expect(cells("a,\"b,c\",\"d\"\"e\"\"\"\n\"x\ny\",,\"\"\n") == [["a", "b,c", "d\"e\""], ["x\ny", "", ""]])
    }

    @Test("may end lines with CRLF or CR, and the last one with nothing")
    func lineEnds() {
        #expect(cells("a,b\r\n1,2\r\n3,\"4\"") == [["a", "b"], ["1", "2"], ["3", "4"]])
        #expect(cells("a\r\n\r\n\nb") == [["a"], ["b"]])
        #expect(cells("a,b\r1,\"x\ry\"\r\r3,4\r") == [["a", "b"], ["1", "x\ry"], ["3", "4"]])
        #expect(records("a,b\r1,\"x\ry\"\r\r3,4\r5,\"\r\n\"\r6,7").map(\.line) == [1, 2, 5, 6, 8])
        #expect(cells("a,b\r1,\"never closed\r3,4") == [["a", "b"], nil, ["3", "4"]])
        #expect(cells("\u{FEFF}a,b\n") == [["a", "b"]])
        #expect(cells("").isEmpty)
        #expect(cells("a,") == [["a", ""]])
    }

    @Test("know on which line a record begins, whatever is in its cells")
    func lines() {
        let lines = records("h,i\n1,\"a\nb\nc\"\n\n2,d\r\n3,e").map(\.line)
        #expect(lines == [1, 2, 6, 7])
    }

    @Test(
        "lose only the record that is broken",
        arguments: [
            "1,\"never closed",
            "1,\"closed\"late",
            "1,a\"b",
            "1,2,3",
            "1",
        ])
    func broken(line: String) {
        let records = records("a,b\n\(line)\n3,\"4\"\n5,6\n")
        #expect(records.map(\.line) == [1, 2, 3, 4])
        #expect(records.map { (try? $0.cells.get()) != nil } == [true, false, true, true])
    }

    @Test("may hold anything but broken UTF-8")
    func utf8() {
        let bytes = Array("a,b\n1,".utf8) + [0xFF, 0xFE] + Array("\n2,é漢字\u{0}\n".utf8)
        let records = Array(CSVReader(bytes))
        #expect(records.map(\.line) == [1, 2, 3])
        #expect(throws: ImportFault.self) { try records[1].cells.get() }
        #expect((try? records[2].cells.get()) == ["2", "é漢字\u{0}"])
    }

    @Test("are refused as a table without the columns that are needed")
    func columns() throws {
        #expect(throws: ImportFileError("the columns b, c are missing")) { try CSVTable(Array("a,d\n".utf8), columns: ["a", "b", "c"]) }
        #expect(throws: ImportFileError("the file is empty")) { try CSVTable([], columns: ["a"]) }
        #expect(throws: ImportFileError.self) { try CSVTable(Array("\"a\n".utf8), columns: ["a"]) }
    }

    @Test("give a table's cells by column, without blanks, and lists without empty parts")
    func table() throws {
        let table = try CSVTable(Array("b, a\n\" x , , y,\", 1 \n".utf8), columns: ["a", "b"])
        let file = table.file { row throws(ImportFault) in [row["a"], row["none"]] + row.list("b") }
        #expect(file.rows == [.init(line: 2, value: ["1", "", "x", "y"])])
    }
}
