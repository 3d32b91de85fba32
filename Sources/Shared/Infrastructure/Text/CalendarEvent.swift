package import Foundation

/// One event as a file that calendars read (iCalendar, RFC 5545).
package struct CalendarEvent: Sendable {
    /// Names the event for ever. A calendar that reads a later file with the same one changes its entry.
    package let uid: String
    /// Grows with each change.
    package let sequence: Int64
    package let isCancelled: Bool
    package let summary: String
    package let location: String
    package let description: String
    package let startsAt: Date
    package let endsAt: Date
    /// A name of the IANA data base. Where the system doesn't know it, the file has times in UTC.
    package let timeZone: String

    package init(
        uid: String, sequence: Int64, isCancelled: Bool, summary: String, location: String, description: String, startsAt: Date,
        endsAt: Date, timeZone: String
    ) {
        self.uid = uid
        self.sequence = sequence
        self.isCancelled = isCancelled
        self.summary = summary
        self.location = location
        self.description = description
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.timeZone = timeZone
    }

    /// The file.
    ///
    /// It has no METHOD: that is for invitations (RFC 5546), which need an ORGANIZER, and an entry that is one person's own has none. A
    /// calendar takes the entry away by its STATUS.
    ///
    /// - Parameter revision: when the event was changed last, which is what DTSTAMP means in such a file (§3.8.7.2).
    package func file(revisedAt revision: Date) -> String {
        let zone = TimeZone(identifier: timeZone)
        let lines =
            ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Piao//Piao//EN", "CALSCALE:GREGORIAN"] + (zone.map(definition) ?? []) + [
                "BEGIN:VEVENT", "UID:\(Self.escaped(uid))", "SEQUENCE:\(sequence)", "DTSTAMP:\(Self.utc(revision))",
                "DTSTART\(moment(startsAt, zone))", "DTEND\(moment(endsAt, zone))", "SUMMARY:\(Self.escaped(summary))",
                "LOCATION:\(Self.escaped(location))", "DESCRIPTION:\(Self.escaped(description))",
                "STATUS:\(isCancelled ? "CANCELLED" : "CONFIRMED")", "TRANSP:\(isCancelled ? "TRANSPARENT" : "OPAQUE")", "END:VEVENT",
                "END:VCALENDAR",
            ]
        return lines.map { Self.folded($0) + "\r\n" }.joined()
    }

    // MARK: Times

    private func moment(_ date: Date, _ zone: TimeZone?) -> String {
        guard let zone else { return ":" + Self.utc(date) }
        return ";TZID=\(timeZone):\(Self.local(date, offset: zone.secondsFromGMT(for: date)))"
    }

    /// What the time zone's name means (§3.6.5): the offset at the start, and another one where clocks are changed during the event.
    private func definition(of zone: TimeZone) -> [String] {
        var lines = ["BEGIN:VTIMEZONE", "TZID:\(timeZone)"]
        let first = zone.secondsFromGMT(for: startsAt)
        lines += Self.observance(isSummer: zone.isDaylightSavingTime(for: startsAt), onset: "19700101T000000", from: first, to: first)
        if let change = zone.nextDaylightSavingTimeTransition(after: startsAt), change < endsAt {
            lines += Self.observance(
                isSummer: zone.isDaylightSavingTime(for: change), onset: Self.local(change, offset: first), from: first,
                to: zone.secondsFromGMT(for: change))
        }
        return lines + ["END:VTIMEZONE"]
    }

    private static func observance(isSummer: Bool, onset: String, from: Int, to: Int) -> [String] {
        let name = isSummer ? "DAYLIGHT" : "STANDARD"
        return ["BEGIN:\(name)", "DTSTART:\(onset)", "TZOFFSETFROM:\(offset(from))", "TZOFFSETTO:\(offset(to))", "END:\(name)"]
    }

    private static func offset(_ seconds: Int) -> String {
        let size = seconds.magnitude
        let parts = [size / 3600, size / 60 % 60] + (size % 60 == 0 ? [] : [size % 60])
        return (seconds < 0 ? "-" : "+") + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }

    private static func utc(_ date: Date) -> String {
        local(date, offset: 0) + "Z"
    }

    private static func local(_ date: Date, offset: Int) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt)
        return String(date.addingTimeInterval(TimeInterval(offset)).formatted(style).prefix { $0 != "Z" })
    }

    // MARK: Text

    /// A value of the type TEXT (§3.3.11). Other control characters have no place in it.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A line in parts of at most 75 bytes (§3.1), none of which ends within a character.
    private static func folded(_ line: String) -> String {
        var folded = ""
        var count = 0
        for scalar in line.unicodeScalars {
            let size = String(scalar).utf8.count
            if count + size > 75 {
                folded += "\r\n "
                count = 1
            }
            folded.unicodeScalars.append(scalar)
            count += size
        }
        return folded
    }
}
