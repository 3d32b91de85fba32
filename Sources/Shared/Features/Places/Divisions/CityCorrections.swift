/// The known errors of the city list, and what is right. They stand in `city-corrections.csv`.
enum CityCorrections {
    private struct Correction {
        let city: City
        /// The code in the list; empty where the city is missing there.
        let listedCode: String
        let reason: String
    }

    /// Mends a list in which every error is that is known. Other lists stay as they are: they have errors of their own.
    ///
    /// - Returns: the list, and a line about each row that was mended or added.
    static func mend(_ file: ImportedFile<City>) throws(ImportFileError) -> (file: ImportedFile<City>, mended: [String]) {
        let corrections = try all()
        let places = Dictionary(file.rows.enumerated().map { ($0.element.value.id, $0.offset) }) { first, _ in first }
        let wrong = corrections.filter { !$0.listedCode.isEmpty }
        let isKnown = wrong.allSatisfy { correction in
            places[correction.city.id].map { file.rows[$0].value.code == correction.listedCode } ?? false
        }
        guard isKnown else { return (file, []) }
        var file = file
        var mended: [String] = []
        for correction in corrections {
            let city = correction.city
            if let place = places[city.id] {
                let row = file.rows[place]
                file.rows[place] = .init(line: row.line, value: row.value.with(code: city.code))
                mended.append(
                    "line \(row.line) mended: \(city.name) has the code \(city.code), not \(correction.listedCode): \(correction.reason)")
            } else {
                // Its line is that of the last row, behind which it would stand.
                file.rows.append(.init(line: file.rows.last?.line ?? 1, value: city))
                mended.append("added: \(city.name) with the code \(city.code): \(correction.reason)")
            }
        }
        return (file, mended)
    }

    private static func all() throws(ImportFileError) -> [Correction] {
        let table = try CSVTable(
            PackageResources.city_corrections_csv, columns: ["id", "name", "listed_code", "code", "pinyin", "initial", "reason"])
        let file = table.file { (row) throws(ImportFault) in
            guard let id = Int64(row["id"]) else { throw ImportFault("id is not a number") }
            let city = City(id: id, parentID: nil, name: row["name"], code: row["code"], pinyin: row["pinyin"], initial: row["initial"])
            return Correction(city: city, listedCode: row["listed_code"], reason: row["reason"])
        }
        return file.rows.map(\.value)
    }
}

extension City {
    fileprivate func with(code: String) -> City {
        City(id: id, parentID: parentID, name: name, code: code, pinyin: pinyin, initial: initial)
    }
}
