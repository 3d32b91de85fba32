import Text

/// Reads administrative divisions: CSV with the columns `adcode`, `name`, `longitude` and `latitude`.
enum DivisionFile {
    /// - Throws: ``ImportFileError`` when the file isn't such a table.
    static func read(_ bytes: [UInt8]) throws(ImportFileError) -> ImportedFile<NewDivision> {
        let table = try CSVTable(bytes, columns: ["adcode", "name", "longitude", "latitude"])
        var file = table.file(division)
        file.refuseRepeated("the code", \.code.text)
        return file
    }

    private static func division(_ row: CSVTable.Row) throws(ImportFault) -> NewDivision {
        let (code, name) = (row["adcode"], row["name"].spelledAsName)
        guard let code = DivisionCode(code) else {
            throw ImportFault("adcode is not the code of a province, city or district")
        }
        guard (1...50).contains(name.unicodeScalars.count), name.isPlainLine else {
            throw ImportFault("name is not a name of 1 to 50 characters")
        }
        return NewDivision(code: code, name: name, point: try point(row["longitude"], row["latitude"]))
    }

    private static func point(_ longitude: String, _ latitude: String) throws(ImportFault) -> GeographicPoint? {
        if longitude.isEmpty, latitude.isEmpty { return nil }
        guard
            let x = Double(longitude), (-180...180).contains(x),
            let y = Double(latitude), (-90...90).contains(y)
        else { throw ImportFault("longitude and latitude are not a place on the earth") }
        return GeographicPoint(latitude: GeographicPoint.rounded(y), longitude: GeographicPoint.rounded(x))
    }
}
