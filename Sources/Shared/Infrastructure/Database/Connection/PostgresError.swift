/// The reason why a request to the database failed.
///
/// `description` has neither SQL nor values, so anybody may read it. `String(reflecting:)` has everything and belongs in the log.
package struct PostgresError: Error, Sendable {
    /// What kind of failure it is. More kinds may be added.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        /// The server refused a statement; ``PostgresError/sqlState`` says why.
        package static let server = Code(description: "server")
        /// No connection could be made.
        package static let connectionFailed = Code(description: "connectionFailed")
        /// The connection broke. What ran inside an open transaction did not happen, unless its COMMIT had been sent.
        package static let connectionLost = Code(description: "connectionLost")
        /// The connection broke after a COMMIT (or a write outside a transaction) had been sent: it may have happened or not.
        /// Never to be retried blindly; read what is there.
        package static let commitOutcomeUnknown = Code(description: "commitOutcomeUnknown")
        /// COMMIT answered ROLLBACK, since a statement had failed before and its error had been swallowed. Nothing was committed.
        package static let transactionRolledBack = Code(description: "transactionRolledBack")
        /// Too many callers wait for a connection already.
        package static let poolExhausted = Code(description: "poolExhausted")
        /// No connection became free in time.
        package static let leaseTimedOut = Code(description: "leaseTimedOut")
        /// The task was cancelled.
        package static let cancelled = Code(description: "cancelled")
        /// A column could not be read as the wanted type.
        package static let decodingFailed = Code(description: "decodingFailed")
        /// A value cannot be bound, for example text with a NUL character; nothing was sent.
        package static let invalidParameter = Code(description: "invalidParameter")
        /// The connection, pool or transaction is over.
        package static let closed = Code(description: "closed")
        /// libpq gave an answer that it never should, or an unsupported statement such as COPY was used.
        package static let protocolViolation = Code(description: "protocolViolation")
    }

    package let code: Code
    /// Set when the server sent the error.
    package internal(set) var sqlState: SQLState?
    /// A description in the server's or our words. It may hold values.
    package internal(set) var message: String
    package internal(set) var detail: String?
    package internal(set) var hint: String?
    package internal(set) var schemaName: String?
    package internal(set) var tableName: String?
    package internal(set) var columnName: String?
    /// The constraint that was violated.
    package internal(set) var constraintName: String?
    /// The SQL of the statement, without values.
    package internal(set) var sql: String?
    /// Whether nothing reached the server, so that another try on another connection does no harm.
    package internal(set) var wasNotSent = false

    package init(_ code: Code, _ message: String, sqlState: SQLState? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    /// Whether a transaction with this failure may be run again from its beginning, because it lost against another transaction and changed
    /// nothing.
    package var isRetryable: Bool {
        guard code == .server else { return false }
        return sqlState == .serializationFailure || sqlState == .deadlockDetected || isStalePlan
    }

    /// A prepared statement that doesn't fit the schema any more, or was dropped by the server; the connection has dropped it meanwhile.
    var isStalePlan: Bool {
        switch sqlState {
        case .invalidPreparedStatement: true
        case .featureNotSupported: message.contains("cached plan")
        default: false
        }
    }

    /// Whether a bound value is at fault: it can't be bound, or it is a data exception (class 22).
    package var refusesValue: Bool {
        code == .invalidParameter || code == .server && sqlState?.rawValue.hasPrefix("22") == true
    }

    /// Whether a row is refused because of its content: by a check, or because a column must have a value.
    package var refusesRow: Bool {
        code == .server && (sqlState == .checkViolation || sqlState == .notNullViolation)
    }

    /// The column that is the reason for the refusal of a row, where it is only one: a column without a value, or one whose own check
    /// failed. PostgreSQL names such a check after table and column.
    package var refusedColumn: String? {
        if let columnName { return columnName }
        guard let tableName, let constraintName, constraintName.hasPrefix(tableName + "_"), constraintName.hasSuffix("_check") else {
            return nil
        }
        let column = constraintName.dropFirst(tableName.count + 1).dropLast("_check".count)
        return column.isEmpty ? nil : String(column)
    }

    /// The kind of error and its place, for a log that must hold no values: neither the server's message nor its detail.
    package var withoutValues: String {
        let parts: [(String, String?)] = [
            ("sqlState", sqlState?.rawValue), ("table", tableName), ("column", columnName), ("constraint", constraintName), ("sql", sql),
        ]
        return "\(code): " + parts.compactMap { name, value in value.map { "\(name): \($0)" } }.joined(separator: ", ")
    }

    /// The same error with another code.
    func recoded(_ code: Code) -> PostgresError {
        var error = PostgresError(code, message, sqlState: sqlState)
        error.detail = detail
        error.hint = hint
        error.sql = sql
        return error
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        "database error (\(code)\(sqlState.map { " \($0)" } ?? "")); String(reflecting:) tells more"
    }
}

extension PostgresError: CustomDebugStringConvertible {
    package var debugDescription: String {
        let parts: [(String, String?)] = [
            ("sqlState", sqlState?.rawValue), ("message", message), ("detail", detail), ("hint", hint), ("schema", schemaName),
            ("table", tableName), ("column", columnName), ("constraint", constraintName), ("sql", sql),
        ]
        let told = parts.compactMap { name, value in value.map { "\(name): \($0)" } }
        return "PostgresError(\(code), \(told.joined(separator: ", ")))"
    }
}

/// A statement of a pipeline failed; those after it were not run.
package struct PostgresPipelineError: Error, Sendable {
    /// The index of the query that failed, from 0.
    package let index: Int
    package let underlying: PostgresError
}

extension PostgresPipelineError: CustomStringConvertible {
    package var description: String { "statement \(index) of a pipeline: \(underlying)" }
}

extension PostgresPipelineError: CustomDebugStringConvertible {
    package var debugDescription: String { "PostgresPipelineError(index: \(index), \(String(reflecting: underlying)))" }
}
