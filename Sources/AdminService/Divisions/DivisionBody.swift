import API
import Callers
import Database
import HTTP
import Shared
import Text

/// The bodies about administrative divisions.
enum DivisionBody {
    /// Of a body with a code.
    static let refusals: [Refusal] = [.divisionDayInvalid, .divisionLevelDiffers()]

    private static let code = Field<DivisionCode>.required(
        "code", .divisionCode, "Twelve digits, GB/T 2260 with zeros.", example: "370116000000")
    private static let name = Field<String>.required("name", .name(1...50), "Name.", example: "莱芜区")
    private static let latitude = Field<Double?>.optional(
        "latitude", .degrees(-90...90), "Degrees, WGS-84, of its seat of government.", example: "36.2")
    private static let longitude = Field<Double?>.optional(
        "longitude", .degrees(-180...180), "Degrees, WGS-84, of its seat of government.", example: "117.66")
    private static let day = Field<CalendarDay?>.optional(
        "day", .day(CalendarDay.self), "From which day on; today in Beijing unless given, and not in the future.", example: "2019-01-09")

    struct New: Sendable {
        let division: NewDivision
        let day: CalendarDay?
    }

    static let new = Body<New>(
        "NewDivision", code, name, latitude, longitude,
        Field<CalendarDay?>.optional(
            "day", .day(CalendarDay.self), "Its first day, not in the future; without it has been there always.", example: "2019-01-09")
    ) { code, name, latitude, longitude, day in
        New(division: NewDivision(code: code, name: name, point: try point(latitude, longitude)), day: day)
    }

    static let renaming = Body<(name: String, day: CalendarDay?)>("DivisionRenaming", name, day) { (name: $0, day: $1) }

    static let recoding = Body<(code: DivisionCode, name: String?, day: CalendarDay?)>(
        "DivisionRecoding", code,
        Field<String?>.optional("name", .name(1...50), "Another name, where it changes too.", example: "莱芜区"),
        day
    ) { (code: $0, name: $1, day: $2) }

    static let merger = Body<(intoID: Int64, day: CalendarDay?)>(
        "DivisionMerger",
        Field<Int64>.required("into_id", .id, "The division that it becomes a part of, of the same level.", example: "2"), day
    ) { (intoID: $0, day: $1) }

    private static let part = Body<NewDivision>("DivisionPart", code, name, latitude, longitude) { code, name, latitude, longitude in
        NewDivision(code: code, name: name, point: try point(latitude, longitude))
    }

    static let split = Body<(parts: [NewDivision], day: CalendarDay?)>(
        "DivisionSplit",
        Field<[NewDivision]>.required(
            "into", .array(of: .object(part), 2...50), "The divisions in its place, of the same level; one of them may have its code.",
            example: #"[{"code": "370116000000", "name": "莱芜区"}, {"code": "370117000000", "name": "钢城区"}]"#),
        day
    ) { (parts: $0, day: $1) }

    static let retirement = Body<CalendarDay?>("DivisionRetirement", day) { $0 }

    static let move = Body<(toID: Int64, cinemaIDs: [Int64]?)>(
        "DivisionMove",
        Field<Int64>.required("to_id", .id, "Where to.", example: "2"),
        Field<[Int64]?>.optional(
            "cinema_ids", .array(of: .id, 1...1000), "Only these cinemas; all, and the city, unless given.", example: "[7]")
    ) { (toID: $0, cinemaIDs: $1) }

    private static func point(_ latitude: Double?, _ longitude: Double?) throws -> GeographicPoint? {
        switch (latitude, longitude) {
        case (let latitude?, let longitude?): return GeographicPoint(latitude: latitude, longitude: longitude)
        case (nil, nil): return nil
        case (nil, _): throw FieldIssue("/latitude", "missing")
        case (_, nil): throw FieldIssue("/longitude", "missing")
        }
    }
}

extension FieldKind where Value == DivisionCode {
    /// The code of a province, city or district.
    fileprivate static var divisionCode: FieldKind {
        .parsed(
            schema: .text(12...12, format: nil, pattern: "^[0-9]{6}0{6}$"),
            length: 12...12,
            fault: ValueFault("division_code_invalid"),
            parse: { DivisionCode($0) },
            present: { $0.text }
        )
    }
}
