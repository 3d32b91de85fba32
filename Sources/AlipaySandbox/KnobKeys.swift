/// Any key, to find unknown ones.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension Decoder {
    /// - Throws: ``KnobInvalid`` for the first key that isn't one of the type's.
    func refuseUnknownKnobs<Keys: CaseIterable & RawRepresentable<String>>(_ keys: Keys.Type) throws {
        let known = Set(keys.allCases.map(\.rawValue))
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw KnobInvalid(knob: key.stringValue)
        }
    }
}

/// An unknown knob, or a value that a knob doesn't have.
struct KnobInvalid: Error, Hashable {
    let knob: String
}
