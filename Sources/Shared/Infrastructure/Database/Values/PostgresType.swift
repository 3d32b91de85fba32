/// A column's type, by its number in `pg_type`; the built-in ones never change.
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let boolean = PostgresType(rawValue: 16)
    package static let bytea = PostgresType(rawValue: 17)
    package static let char = PostgresType(rawValue: 18)
    package static let name = PostgresType(rawValue: 19)
    package static let bigint = PostgresType(rawValue: 20)
    package static let smallint = PostgresType(rawValue: 21)
    package static let integer = PostgresType(rawValue: 23)
    package static let text = PostgresType(rawValue: 25)
    package static let oid = PostgresType(rawValue: 26)
    package static let json = PostgresType(rawValue: 114)
    package static let real = PostgresType(rawValue: 700)
    package static let doublePrecision = PostgresType(rawValue: 701)
    package static let unknown = PostgresType(rawValue: 705)
    package static let bpchar = PostgresType(rawValue: 1042)
    package static let varchar = PostgresType(rawValue: 1043)
    package static let date = PostgresType(rawValue: 1082)
    package static let timestamp = PostgresType(rawValue: 1114)
    package static let timestamptz = PostgresType(rawValue: 1184)
    package static let numeric = PostgresType(rawValue: 1700)
    package static let uuid = PostgresType(rawValue: 2950)
    package static let jsonb = PostgresType(rawValue: 3802)

    /// Types from this number on were made by users. Of these only enumerations are read here, whose binary form is their text.
    private static let firstUserDefined: UInt32 = 16384

    var isUserDefined: Bool { rawValue >= Self.firstUserDefined }

    /// Whether values of this type are arrays; a user's own type may be one.
    var isArray: Bool { Self.arrays[rawValue] != nil || isUserDefined }

    private static let arrays: [UInt32: String] = [
        199: "json[]", 1000: "boolean[]", 1001: "bytea[]", 1002: "\"char\"[]", 1003: "name[]", 1005: "smallint[]", 1007: "integer[]",
        1009: "text[]", 1014: "character[]", 1015: "varchar[]", 1016: "bigint[]", 1021: "real[]", 1022: "double precision[]",
        1028: "oid[]", 1115: "timestamp[]", 1182: "date[]", 1185: "timestamptz[]", 1231: "numeric[]", 2951: "uuid[]", 3807: "jsonb[]",
    ]

    private static let scalars: [UInt32: String] = [
        16: "boolean", 17: "bytea", 18: "\"char\"", 19: "name", 20: "bigint", 21: "smallint", 23: "integer", 25: "text", 26: "oid",
        114: "json", 700: "real", 701: "double precision", 705: "unknown", 1042: "character", 1043: "varchar", 1082: "date",
        1083: "time", 1114: "timestamp", 1184: "timestamptz", 1186: "interval", 1700: "numeric", 2278: "void", 2950: "uuid", 3802: "jsonb",
        3910: "tstzrange",
    ]
}

extension PostgresType: CustomStringConvertible {
    package var description: String {
        Self.scalars[rawValue] ?? Self.arrays[rawValue] ?? "type \(rawValue)"
    }
}
