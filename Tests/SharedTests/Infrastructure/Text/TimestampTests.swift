import Foundation
import Testing
import Text

@Suite("Moments as text")
struct TimestampTests {
    @Test(
        "Moments outside of what can be stored are none",
        arguments: [
            "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-00:01",
            "9999-12-31T10:00:00-14:00", "0000-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z",
        ])
    func moments(text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    @Test(
        "Moments at the ends of the years are themselves",
        arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"])
    func ends(text: String) {
        #expect(Timestamp(text: text)?.text == text)
    }

    @Test("Moments are written and read as Foundation does it, whatever the distance from UTC")
    func oracle() throws {
        var generator = SplitMix(state: 42)
        let style = Date.ISO8601FormatStyle()
        for _ in 0..<2_000 {
            // From 1600 to 9999: before, Foundation's calendar is another one.
            let date = Date(timeIntervalSince1970: Double(Int64.random(in: -11_676_096_000..<253_402_000_000, using: &generator)))
            #expect(Timestamp(date).text == date.formatted(style))
            #expect(Timestamp(text: Timestamp(date).text)?.date == date)
            let minutes = Int.random(in: -1_439...1_439, using: &generator)
            let (hour, minute) = (String(minutes.magnitude / 60, width: 2), String(minutes.magnitude % 60, width: 2))
            let wall = Timestamp(date + Double(minutes) * 60).text.dropLast()
            let local = "\(wall)\(minutes < 0 ? "-" : "+")\(hour):\(minute)"
            #expect(Timestamp(text: local)?.date == date, "\(local)")
        }
    }

    @Test(
        "Other forms are no moments",
        arguments: [
            "", "2026-10-01", "2026-10-01T12:00:00", "2026-10-01 12:00:00Z", "2026-10-01T12:00Z", "2026-10-01T24:00:00Z",
            "2026-10-01T12:60:00Z", "2026-10-01T12:00:60Z", "2026-02-29T12:00:00Z", "2026-10-01T12:00:00.Z", "2026-10-01T12:00:00+8:00",
            "2026-10-01T12:00:00+24:00", "2026-10-01T12:00:00Z ", "２026-10-01T12:00:00Z", "2026-10-01T12:00:00.0000000000000000000000Z",
        ])
    func others(text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    @Test("A fraction is written to the millisecond")
    func fraction() {
        #expect(Timestamp(Date(timeIntervalSince1970: 0.1234)).text == "1970-01-01T00:00:00.123Z")
        #expect(Timestamp(Date(timeIntervalSince1970: -0.001)).text == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(text: "1970-01-01T00:00:00.5Z")?.date == Date(timeIntervalSince1970: 0.5))
        #expect(Timestamp(Date(timeIntervalSinceReferenceDate: .nan)).text == "1970-01-01T00:00:00Z")
        #expect(Timestamp(.distantFuture + 1e15).text == "9999-12-31T23:59:59.999Z")
    }
}
