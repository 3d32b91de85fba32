import Foundation
import Text

/// Reads a city list: JSON, grouped by initial. ``CityListScanner`` shows the form.
enum CityFile {
    /// A row as it stands in the file. Keys that we don't need, such as `selected`, are ignored.
    private struct Row: Decodable {
        let id: Int64
        let parentId: Int64
        let regionName: String
        let cityCode: Int
        let pinYin: String
    }

    /// - Throws: ``ImportFileError`` when the file isn't such a list.
    static func read(_ bytes: [UInt8]) throws(ImportFileError) -> ImportedFile<City> {
        var file = ImportedFile<City>()
        for element in try CityListScanner.elements(in: bytes) {
            file.take(line: element.line) { () throws(ImportFault) in
                try city(of: try row(Data(bytes[element.range])), initial: element.group)
            }
        }
        file.refuseRepeated("the id") { String($0.id) }
        file.refuseRepeated("the code", \.code)
        return file
    }

    private static func row(_ json: Data) throws(ImportFault) -> Row {
        do {
            return try JSONDecoder().decode(Row.self, from: json)
        } catch DecodingError.keyNotFound(let key, _) {
            throw ImportFault("\(key.stringValue) is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            guard let key = context.codingPath.last else { throw ImportFault("not a JSON object") }
            throw ImportFault("\(key.stringValue) has the wrong type")
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw ImportFault("\(context.codingPath.map(\.stringValue).joined(separator: ".")) is out of range")
        } catch {
            throw ImportFault("not well-formed JSON")
        }
    }

    private static func city(of row: Row, initial: String) throws(ImportFault) -> City {
        guard initial.count == 1, ("A"..."Z").contains(initial) else {
            throw ImportFault("the initial \(initial.debugDescription) is no letter A to Z")
        }
        guard row.id >= 1 else { throw ImportFault("id is not positive") }
        guard row.parentId >= 0 else { throw ImportFault("parentId is negative") }
        guard row.parentId != row.id else { throw ImportFault("the city is its own parent") }
        let name = row.regionName.spelledAsName
        guard (1...50).contains(name.unicodeScalars.count), name.isPlainLine else {
            throw ImportFault("regionName is not a name of 1 to 50 characters")
        }
        guard (100_000...999_999).contains(row.cityCode) else { throw ImportFault("cityCode doesn't have six digits") }
        guard (1...100).contains(row.pinYin.unicodeScalars.count), row.pinYin.isPlainLine else {
            throw ImportFault("pinYin is not a name of 1 to 100 characters")
        }
        return City(
            id: row.id,
            parentID: row.parentId == 0 ? nil : row.parentId,
            name: name,
            code: String(row.cityCode),
            pinyin: row.pinYin,
            initial: initial
        )
    }
}
