/// A value that can be bound to a query.
///
/// Values are sent as text and their type is left open, so that the server infers it from the place where they stand;
/// where it cannot, the SQL says it: `\(ids)::bigint[]`.
package protocol PostgresEncodable: Sendable {
    /// Writes the value in PostgreSQL's text form.
    func encode(into text: inout PostgresText)

    /// Writes an array of such values. `UInt8` overrides it, because `[UInt8]` is `bytea`.
    static func encode(array: [Self], into text: inout PostgresText)
}

/// A value that a column can be read as.
package protocol PostgresDecodable: Sendable {
    /// Reads the binary form of a value.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that the server sent.
    ///   - type: the column's type, which decides how the bytes are to be read.
    static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Self

    /// The value that stands for the SQL NULL; only optionals have one.
    static func decodeNull() throws(PostgresDecodingFailure) -> Self

    /// Reads an array of such values. `UInt8` overrides it, because `[UInt8]` is `bytea`.
    static func decode(array bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> [Self]
}

/// A value that can be bound and read. An enumeration of strings or numbers only has to declare it: `enum Realm: String, PostgresCodable`.
package typealias PostgresCodable = PostgresEncodable & PostgresDecodable

/// Why a column could not be read; the row adds the column's name to it.
package enum PostgresDecodingFailure: Error, Hashable {
    /// The column is NULL and the wanted type isn't optional.
    case null
    /// The wanted type cannot be read from the column's type.
    case typeMismatch
    /// The type fits, but the value doesn't: it is out of range, or no case of the enumeration.
    case unfit(String)
}

extension PostgresEncodable {
    package static func encode(array: [Self], into text: inout PostgresText) {
        text.append(array: array)
    }
}

extension PostgresDecodable {
    package static func decodeNull() throws(PostgresDecodingFailure) -> Self {
        throw .null
    }

    package static func decode(array bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> [Self] {
        guard type.isArray else { throw .typeMismatch }
        return try PostgresArrayReader.elements(of: bytes)
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    package func encode(into text: inout PostgresText) {
        rawValue.encode(into: &text)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Self {
        let rawValue = try RawValue.decode(bytes, as: type)
        guard let value = Self(rawValue: rawValue) else { throw .unfit("no \(Self.self) has the value \(rawValue)") }
        return value
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package func encode(into text: inout PostgresText) {
        switch self {
        case .some(let value): value.encode(into: &text)
        case .none: text.appendNull()
        }
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Wrapped? {
        try Wrapped.decode(bytes, as: type)
    }

    package static func decodeNull() throws(PostgresDecodingFailure) -> Wrapped? {
        nil
    }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    package func encode(into text: inout PostgresText) {
        Element.encode(array: self, into: &text)
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> [Element] {
        try Element.decode(array: bytes, as: type)
    }
}
