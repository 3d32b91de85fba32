/// SQL with the values that are bound to it.
///
///     let query: Query = "SELECT id, name FROM people WHERE id = \(id)"     // … WHERE id = $1
///
/// An interpolated value never becomes part of the SQL: it is bound, and `$n` stands in its place. Another query is spliced in together
/// with its values. Raw SQL needs the conspicuous spelling `\(unsafeSQL: "…")` and must never contain anything that came from outside.
package struct Query: Sendable {
    /// The position of a value's placeholder in the SQL, and of its text in the buffer.
    struct Parameter: Hashable, Sendable {
        /// The bytes of `$n` in the SQL.
        var placeholder: Range<Int>
        /// `nil` for the SQL NULL.
        var valueOffset: Int?
    }

    /// The SQL with `$1`, `$2`, … where values are bound.
    package private(set) var sql: String
    private(set) var parameters: [Parameter] = []
    private(set) var values = PostgresText()
    /// The things that the query changes and that this process may have cached.
    private(set) var changes: [CommittedChange] = []

    /// SQL as it is, without values.
    package init(unsafeSQL sql: String) {
        self.sql = sql
    }

    private init(capacity: Int) {
        sql = ""
        sql.reserveCapacity(capacity)
    }

    /// How many values are bound.
    package var parameterCount: Int { parameters.count }

    /// A query that notifies ``CommittedChanges`` of its changes when its transaction has ended.
    package static func changing(_ changes: some Sequence<CommittedChange>, by query: Query) -> Query {
        var query = query
        query.changes.append(contentsOf: changes)
        return query
    }

    private mutating func bind(_ value: some PostgresEncodable) {
        appendPlaceholder(for: values.appendParameter(value))
    }

    private mutating func appendPlaceholder(for valueOffset: Int?) {
        let start = sql.utf8.count
        sql += "$"
        sql += String(parameters.count + 1)
        parameters.append(Parameter(placeholder: start..<sql.utf8.count, valueOffset: valueOffset))
    }

    /// Appends another query with its values.
    package mutating func append(_ other: Query) {
        changes.append(contentsOf: other.changes)
        let shift = values.bytes.count
        values.append(other.values)
        let text = other.sql.utf8
        var position = text.startIndex
        var offset = 0
        for parameter in other.parameters {
            let start = text.index(position, offsetBy: parameter.placeholder.lowerBound - offset)
            sql += other.sql[position..<start]
            appendPlaceholder(for: parameter.valueOffset.map { $0 + shift })
            position = text.index(start, offsetBy: parameter.placeholder.count)
            offset = parameter.placeholder.upperBound
        }
        sql += other.sql[position...]
    }
}

extension Query: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var query: Query

        package init(literalCapacity: Int, interpolationCount: Int) {
            query = Query(capacity: literalCapacity + 3 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            query.sql += literal
        }

        /// Binds a value.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            query.bind(value)
        }

        /// Binds a value or NULL.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            query.bind(value)
        }

        /// Splices another query in, with its values.
        package mutating func appendInterpolation(_ other: Query) {
            query.append(other)
        }

        /// Makes text part of the SQL. Never use it for anything that came from outside.
        package mutating func appendInterpolation(unsafeSQL sql: String) {
            query.sql += sql
        }
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.query
    }

    package init(stringLiteral sql: String) {
        self.init(unsafeSQL: sql)
    }
}

/// Shows the SQL without the values, which may be private.
extension Query: CustomStringConvertible {
    package var description: String { sql }
}

extension Sequence<Query?> {
    /// The condition that all of these hold, of those that apply; `TRUE` where none does.
    package var conjunction: Query {
        let applying = compactMap(\.self)
        return applying.isEmpty ? "TRUE" : applying.joined(separator: " AND ")
    }
}

extension Sequence<Query> {
    /// Joins queries into one, for example the conditions of a WHERE clause.
    package func joined(separator: String) -> Query {
        var joined = Query(unsafeSQL: "")
        for (index, query) in enumerated() {
            if index > 0 { joined.append(Query(unsafeSQL: separator)) }
            joined.append(query)
        }
        return joined
    }
}
