import Foundation
import Text

@testable import HTTP

/// Values at the ends of what can be written, and a little beyond.
enum Extremes {
    /// Numbers as JSON has them, and what some take for numbers.
    static let numbers = [
        "0", "-0", "1", "-1", "2", "0.1", "-0.1", "6.0", "6e0", "6.00000000000000000000001", "1.0000000000000000000001", "1e-999",
        "-1e-999",
        "1e-400", "5e-324", "-5e-324", "2.2250738585072014e-308", "1e308", "1e309", "-1e309", "1e400", "1e999",
        "1e99999999999999999999", "1e-99999999999999999999", "0e99999999999999999999",
        "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0", "-9007199254740993",
        "2147483647", "2147483648", "-2147483648", "-2147483649", "32767", "32768", "-32769",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "9223372036854775807.0",
        "18446744073709551615", "18446744073709551616", "170141183460469231731687303715884105728", "NaN", "nan", "Infinity", "-Infinity",
        "inf",
        "\"NaN\"", "\"1\"", "null", "true", "[]", "+1", "01", "0x10", "1_000", "１",
    ]

    static let days = [
        "0000-01-01", "0000-12-31", "0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31", "10000-01-01", "-0001-01-01", "+2026-01-01",
        "2026-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32", "1970-01-01",
        "1582-10-10",
        "99999999999999999999-01-01", "NaN", "infinity", "-infinity", "today", "",
    ]

    /// The days at each end of the years, at the ends of the offsets.
    static let moments: [String] = {
        let days = ["0000-12-31", "0001-01-01", "9999-12-31", "10000-01-01"]
        let times = ["00:00:00", "23:59:59", "23:59:59.9999999"]
        let all = days.flatMap { day in times.flatMap { time in ["Z", "+14:00", "-14:00"].map { "\(day)T\(time)\($0)" } } }
        return all + [
            "9999-12-31T23:59:59.999999499Z", "9999-12-31T23:59:60Z", "9999-12-31T24:00:00Z", "0001-01-01T00:00:00.0000000000000001Z",
            "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-24T11:30:00+24:00", "2026-11-24T11:30:00", "NaN", "",
        ]
    }()

    static let coordinates = [
        "0,0", "-0,-0", "90,180", "-90,-180", "90.0000000001,0", "0,180.0000000001", "91,0", "0,181",
        "0.00000000000000000000000000000000000001,0",
        "5e-324,0", "1e400,0", "nan,nan", "inf,0", "1.,1.", ".5,.5", "1..2,3", "--1,0", "1,2,3", ",", "1,", "", "９0,0",
        "89.99999999999999999999999999999999999,0",
    ]

    /// What a list might take for the key of its last item.
    static let keys = [
        "-9223372036854775808", "9223372036854775807", "-9223372036854775809", "9223372036854775808", "0", "1", "-1", "9007199254740992",
        "-9007199254740992", "9007199254740993", "5e-324", "1e-400", "1e400", "nan", "inf", "-inf", "0x1p-1074", "", "0000-01-01",
        "0001-01-01",
        "9999-12-31", "10000-01-01", "0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "\u{10FFFF}", "a\u{0}b",
    ]

    /// Numbers in a path.
    static let ids = [
        "0", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "9007199254740993", "1e3", "1.0", "NaN", "+1",
        "%00",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ]

    /// Tags of versions.
    static let tags = [
        #""9223372036854775807""#, #""-9223372036854775808""#, #""9223372036854775808""#, #""0""#, #""-1""#, #""5e-324""#, #""""#, #""1-""#,
        "1", "*",
    ]

    /// A cursor of these keys, as lists write them.
    static func cursor(_ keys: [String]) -> String {
        let json = (try? JSONEncoder().encode(keys)) ?? Data()
        return json.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// What fits a parameter's or field's kind of value, as JSON.
    static func values(for schema: Schema) -> [String] {
        switch schema {
        case .integer, .number: numbers
        case .text(_, "date", _): days.map(quoted)
        case .text(_, "date-time", _): moments.map(quoted)
        case .text(_, _, let pattern?) where pattern.contains(","): coordinates.map(quoted)
        case .nullable(let inner): values(for: inner)
        default: []
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
