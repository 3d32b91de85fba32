/// The colour in which a price zone is drawn. Nobody declares it: it follows from the zone's name, so that a zone has the same colour in all
/// halls and after a new layout, unless two zones of a hall meet in one.
package struct ZoneColour: Hashable, Sendable {
    /// `#RRGGBB`.
    package let hex: String

    /// Colours that are told apart on white and by people who see few colours (after Paul Tol's schemes "bright" and "muted").
    static let palette = [
        "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#882255", "#999933", "#44AA99", "#DDCC77", "#332288", "#CC6677",
    ].map(ZoneColour.init)

    private init(_ hex: String) {
        self.hex = hex
    }

    /// The colours of a hall's zones. No two have one while there are no more zones than colours.
    static func colours(of zones: Set<String>) -> [String: ZoneColour] {
        var colours: [String: ZoneColour] = [:]
        var free = Set(palette.indices)
        for zone in zones.sorted() {
            let own = place(of: zone)
            let places = palette.indices.map { ($0 + own) % palette.count }
            let place = places.first { free.contains($0) } ?? own
            free.remove(place)
            colours[zone] = palette[place]
        }
        return colours
    }

    /// Where in the palette a name falls, by FNV-1a: it is the same in each process, as Swift's own hash isn't.
    private static func place(of zone: String) -> Int {
        let hash = zone.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(palette.count))
    }
}

/// A price zone of a showtime.
package struct PricedZone: Hashable, Sendable {
    package let name: String
    package let colour: ZoneColour
    /// In fen; `nil` where the showtime sells none of its seats.
    package let priceFen: Int64?
}

/// On which side of a drawing the screen is, whose first row is on top. Rows are counted from the screen.
package enum ScreenSide: String, CaseIterable, Sendable {
    case top
}
