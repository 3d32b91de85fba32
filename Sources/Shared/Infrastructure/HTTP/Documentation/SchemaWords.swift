/// Schemas in words, for people.
enum SchemaWords {
    static func words(_ schema: Schema) -> String {
        switch schema {
        case .text(let range, let format, _):
            switch format {
            case "date": "day `YYYY-MM-DD`"
            case "date-time": "time (RFC 3339)"
            case "uuid": "UUID"
            default: "text" + (range.map { " of \(numbers($0)) characters" } ?? "")
            }
        case .integer(let range): "whole number" + (range.map { interval($0.lowerBound, $0.upperBound) } ?? "")
        case .number(let range): "number" + (range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? "")
        case .boolean: "true or false"
        case .enumeration(let words, _): words.map { "`\($0)`" }.joined(separator: ", ")
        case .array(let element, let range): "array\(range.map { " of \(numbers($0))" } ?? ""): \(words(element))"
        case .object(let object): "`\(object.name)`"
        case .nullable(let inner): "\(words(inner)), or null"
        }
    }

    /// The object in a field's schema, single or as the element of an array.
    static func object(in schema: Schema) -> ObjectSchema? {
        switch schema {
        case .object(let object): object
        case .array(let element, _): object(in: element)
        case .nullable(let inner): object(in: inner)
        default: nil
        }
    }

    static func isArray(_ schema: Schema) -> Bool {
        switch schema {
        case .array: true
        case .nullable(let inner): isArray(inner)
        default: false
        }
    }

    private static func numbers(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    private static func interval(_ lower: Int64, _ upper: Int64) -> String {
        switch (lower > .min, upper < .max) {
        case (true, true): " from \(lower) to \(upper)"
        case (true, false): " from \(lower)"
        case (false, true): " up to \(upper)"
        case (false, false): ""
        }
    }
}
