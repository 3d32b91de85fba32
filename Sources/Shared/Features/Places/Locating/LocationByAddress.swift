/// Finds the city that a list of IP addresses means. Such lists name it in Chinese or in Latin letters, with or without 市.
enum LocationByAddress {
    /// The names to look for, in both ways of writing.
    struct Names: Hashable, Sendable {
        let chinese: [String]
        /// In capital letters without blanks, as the list of cities spells them.
        let latin: [String]
        /// Where the city may lie: the first two digits of its code; `nil` where the list doesn't say.
        let province: String?
    }

    /// - Returns: `nil` for a place abroad, or one without a city.
    static func names(of location: IPLocation) -> Names? {
        guard ["CN", "中国"].contains(location.country), let city = location.city ?? location.region else { return nil }
        // `Pudong (Xinqu)` has the district in brackets.
        let name = city.prefix { $0 != "(" && $0 != "（" }.trimmed
        let latin = letters(of: name)
        let short = name.hasSuffix("市") ? String(name.dropLast()) : name
        return Names(
            chinese: [short, short + "市"],
            latin: latin.isEmpty ? [] : [latin, latin + "SHI"],
            province: location.region.flatMap { provinces[letters(of: $0)] }
        )
    }

    /// The one that is meant; `nil` where several cities are written alike and the province doesn't tell.
    static func city(among cities: [City], province: String?) -> City? {
        let fitting = province.map { code in cities.filter { $0.code.hasPrefix(code) } } ?? cities
        return fitting.count == 1 ? fitting.first : nil
    }

    private static func letters(of name: some StringProtocol) -> String {
        String(String.UnicodeScalarView(name.uppercased().unicodeScalars.filter { ("A"..."Z").contains($0) }))
    }

    /// The codes of the provinces by the names that such lists give them.
    private static let provinces: [String: String] = [
        "BEIJING": "11", "TIANJIN": "12", "HEBEI": "13", "SHANXI": "14", "INNERMONGOLIA": "15", "NEIMENGGU": "15", "LIAONING": "21",
        "JILIN": "22", "HEILONGJIANG": "23", "SHANGHAI": "31", "JIANGSU": "32", "ZHEJIANG": "33", "ANHUI": "34", "FUJIAN": "35",
        "JIANGXI": "36", "SHANDONG": "37", "HENAN": "41", "HUBEI": "42", "HUNAN": "43", "GUANGDONG": "44", "GUANGXI": "45", "HAINAN": "46",
        "CHONGQING": "50", "SICHUAN": "51", "GUIZHOU": "52", "YUNNAN": "53", "TIBET": "54", "XIZANG": "54", "SHAANXI": "61",
        "GANSU": "62", "QINGHAI": "63", "NINGXIA": "64", "XINJIANG": "65",
    ]
}

extension StringProtocol {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
