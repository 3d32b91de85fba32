import Foundation
import TestSupport
import Testing
import Text

@testable import HTTP

@Suite("Numbers are whole by their digits")
struct NumberTests {
    private func json(_ text: String) throws -> JSONValue { try JSONParser.parse(text) }

    @Test(
        "The same number is the same, however it is written",
        arguments: [
            ("6", 6), ("6.0", 6), ("6e0", 6), ("6.000", 6), ("0.6e1", 6), ("60e-1", 6), ("600000e-5", 6), ("6E+0", 6), ("-6.0", -6),
            ("0", 0),
            ("-0", 0), ("0.0", 0), ("-0.0e5", 0), ("0e99999999999999999999", 0), ("0.000e-99999999999999999999", 0),
            ("1e18", 1_000_000_000_000_000_000),
            ("9007199254740993", 9_007_199_254_740_993), ("9007199254740993.0", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("9223372036854775807.0", .max), ("9223372036854775807000e-3", .max),
            ("-9223372036854775808", .min),
            ("-9.223372036854775808e18", .min),
        ] as [(String, Int64)]
    )
    func whole(text: String, number: Int64) throws {
        #expect(try json(text) == .integer(number))
    }

    @Test(
        "A fraction is none, however small it is",
        arguments: [
            "1.0000000000000000000001", "6.00000000000000000000000000000000000001", "-1.0000000000000000000001", "1e-999", "-1e-999",
            "5e-324",
            "1e-400", "0.1", "1e-1", "10e-2", "0.00000000000000000000000000000000000000000000000000000000001", "123456789.5",
            "4503599627370497.0000000001", "1e-99999999999999999999",
        ]
    )
    func fraction(text: String) throws {
        guard case .number = try json(text) else {
            Issue.record("\(text) became \(try json(text))")
            return
        }
        #expect(fault(of: text, in: .int(Int64.min...Int64.max)) == "not_whole")
    }

    @Test(
        "What 64 bits can't hold is out of range, not cut off",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "9223372036854775808.0", "1e19", "1e30", "-1e30", "1e308", "1e309", "1e999",
            "1e99999999999999999999", "100000000000000000000000000000000000000000000000000000000000000000000000000000000",
        ]
    )
    func large(text: String) throws {
        #expect(fault(of: text, in: .int(Int64.min...Int64.max)) == "out_of_range")
    }

    @Test("Random numbers agree with moving the point by hand", .inTurn)
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        var counts = (whole: 0, fraction: 0, large: 0)
        for _ in 0..<4_000 {
            func digits(_ count: ClosedRange<Int>) -> String {
                (0..<Int.random(in: count, using: &generator)).map { _ in
                    Bool.random(using: &generator) ? "0" : String(Int.random(in: 0...9))
                }
                .joined()
            }
            let drawn = digits(1...12)
            let whole = String(drawn.drop { $0 == "0" })
            let fraction = digits(0...12)
            let exponent = Int.random(in: -14...14, using: &generator)
            let sign = Bool.random(using: &generator) ? "-" : ""
            let text =
                sign + (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
                + (exponent == 0 && Bool.random(using: &generator) ? "" : "e\(exponent)")
            // The point moved by hand: zeros where there are no digits.
            let padded = String(repeating: "0", count: 30) + whole + fraction + String(repeating: "0", count: 30)
            let point = 30 + whole.count + exponent
            let (before, behind) = (padded.prefix(point), padded.dropFirst(point))
            let read = try json(text)
            if behind.contains(where: { $0 != "0" }) {
                counts.fraction += 1
                if case .number = read { continue }
                Issue.record("\(text) became \(read)")
            } else if let number = Int64(sign + before) {
                counts.whole += 1
                #expect(read == .integer(number), "\(text)")
            } else {
                counts.large += 1
                #expect(fault(of: text, in: .int(Int64.min...Int64.max)) == "out_of_range", "\(text)")
            }
        }
        #expect(counts.whole > 100 && counts.fraction > 100 && counts.large > 10)
    }

    @Test("A number's double is the nearest one, as it was before")
    func doubles() throws {
        for text in ["0.1", "1.5", "-2.5e-7", "123456.789", "5e-324", "1.7976931348623157e308", "31.2304"] {
            #expect(try json(text) == .number(try #require(Double(text))))
        }
        #expect(try json("1e-999") == .number(0) && json("1e999") == .numberOutOfRange)
    }

    @Test("Degrees are rounded to a centimetre, so that nothing is too small to be stored")
    func degrees() throws {
        for (text, degrees) in [
            ("5e-324", 0), ("1e-400", 0), ("-1e-8", 0), ("31.23040001", 31.2304), ("-31.23040006", -31.2304001), ("90", 90), ("-90.0", -90),
        ] {
            var issues: [FieldIssue] = []
            #expect(FieldKind<Double>.degrees(-90...90).read(try json(text), &issues) == degrees && issues.isEmpty, "\(text)")
        }
        #expect(fault(of: "90.00000001", in: .degrees(-90...90)) == "out_of_range")
    }

    /// The code by which a value is refused; empty where it isn't.
    private func fault<Value>(of text: String, in kind: FieldKind<Value>) -> String {
        var issues: [FieldIssue] = []
        guard let value = try? json(text) else { return "malformed" }
        _ = kind.read(value, &issues)
        return issues.first?.code ?? ""
    }
}
