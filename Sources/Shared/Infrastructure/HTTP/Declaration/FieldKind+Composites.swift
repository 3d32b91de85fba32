import Text

extension FieldKind {
    /// Several values of one kind.
    package static func array<Element: Sendable>(of kind: FieldKind<Element>, _ count: ClosedRange<Int>) -> FieldKind
    where Value == [Element] {
        FieldKind(
            composite: .array(kind.schema, count),
            read: { value, issues in
                guard case .array(let values) = value else {
                    issues.append(FieldIssue("", .wrongType(value, wanted: .array)))
                    return nil
                }
                if values.count < count.lowerBound {
                    issues.append(FieldIssue("", "too_few", ["minimum": .integer(Int64(count.lowerBound))]))
                    return nil
                }
                if values.count > count.upperBound {
                    issues.append(FieldIssue("", "too_many", ["limit": .integer(Int64(count.upperBound))]))
                    return nil
                }
                var elements: [Element] = []
                elements.reserveCapacity(values.count)
                for (index, value) in values.enumerated() {
                    let before = issues.count
                    if let element = kind.read(value, &issues) { elements.append(element) }
                    for position in before..<issues.count { issues[position] = issues[position].inside(String(index)) }
                    // Twenty issues are enough to find the cause.
                    if issues.count >= 20 { return nil }
                }
                return elements.count == values.count ? elements : nil
            },
            present: { .array($0.map(kind.present)) }
        )
    }

    /// An object with declared fields.
    package static func object(_ body: Body<Value>) -> FieldKind {
        FieldKind(composite: .object(body.schema), read: body.read, present: { _ in .object([]) })
    }
}

/// A place on the earth, in degrees.
package struct Coordinate: Hashable, Sendable {
    package let latitude: Double
    package let longitude: Double

    package init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Rounds degrees to 1e-7, which is about one centimetre.
    static func rounded(_ degrees: Double) -> Double {
        // Adding zero turns minus zero into zero.
        (degrees * 10_000_000).rounded() / 10_000_000 + 0
    }
}

extension FieldKind where Value == Coordinate {
    /// `LAT,LNG` in decimal degrees.
    package static var coordinate: FieldKind {
        .parsed(
            schema: .text(3...60, format: nil, pattern: #"^-?\d{1,3}(\.\d+)?,-?\d{1,3}(\.\d+)?$"#),
            length: 0...60,
            fault: ValueFault("not_a_coordinate"),
            parse: { text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                guard
                    parts.count == 2,
                    let latitude = PlainDecimal.value(of: String(parts[0])), (-90...90).contains(latitude),
                    let longitude = PlainDecimal.value(of: String(parts[1])), (-180...180).contains(longitude)
                else { return nil }
                return Coordinate(latitude: Coordinate.rounded(latitude), longitude: Coordinate.rounded(longitude))
            },
            present: { "\($0.latitude),\($0.longitude)" }
        )
    }
}
