import FoundationEssentials

/// A value that is stored as `json` or `jsonb`.
package struct PostgresJSON<Value: Codable & Sendable>: Sendable {
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }
}

extension PostgresJSON: Equatable where Value: Equatable {}
extension PostgresJSON: Hashable where Value: Hashable {}

extension PostgresJSON: PostgresCodable {
    package func encode(into text: inout PostgresText) {
        do {
            let json = try JSONEncoder().encode(value)
            guard !json.contains(0) else { return text.refuse("JSON with a NUL character") }
            text.append(bytes: json)
        } catch {
            text.refuse("a \(Value.self) that has no JSON form")
        }
    }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> PostgresJSON {
        let json: [UInt8]
        switch type {
        case .json, .jsonb: json = try UInt8.decode(array: bytes, as: type)
        default: throw .typeMismatch
        }
        do {
            return PostgresJSON(try JSONDecoder().decode(Value.self, from: Data(json)))
        } catch {
            throw .unfit("JSON of another shape: \(error)")
        }
    }
}
