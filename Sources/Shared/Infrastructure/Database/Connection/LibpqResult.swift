import CLibpq
import Glibc

// With LibpqConnection.swift one of the two files that touch libpq's pointers.

/// A result that libpq holds. It never changes after it was made, so any thread may read it.
@safe
final class LibpqResult: @unchecked Sendable {
    private let raw: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(owning raw: OpaquePointer) {
        unsafe self.raw = raw
        rowCount = unsafe Int(PQntuples(raw))
        columnCount = unsafe Int(PQnfields(raw))
    }

    deinit { unsafe PQclear(raw) }

    /// The command's tag, for example `INSERT 0 1`.
    var tag: String { unsafe PQcmdStatus(raw).map { unsafe String(cString: $0) } ?? "" }

    /// How many rows the command touched; 0 for commands that touch no rows.
    var affectedRows: Int {
        guard let digits = unsafe PQcmdTuples(raw) else { return 0 }
        return unsafe atol(digits)
    }

    func columnName(_ column: Int) -> String {
        unsafe PQfname(raw, Int32(column)).map { unsafe String(cString: $0) } ?? ""
    }

    func columnType(_ column: Int) -> UInt32 { unsafe PQftype(raw, Int32(column)) }

    func isNull(row: Int, column: Int) -> Bool { unsafe PQgetisnull(raw, Int32(row), Int32(column)) != 0 }

    /// Passes a value's bytes to a closure. They must not be used after the call.
    func withBytes<Value, Failure: Error>(
        row: Int,
        column: Int,
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = unsafe PQgetvalue(raw, Int32(row), Int32(column))
        let count = unsafe Int(PQgetlength(raw, Int32(row), Int32(column)))
        let bytes = unsafe UnsafeBufferPointer(start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self), count: count)
        return try unsafe body(Span(_unsafeElements: bytes))
    }
}

extension PostgresError {
    /// The error of a failed statement, as the server says it, or libpq in its place.
    ///
    /// - Parameter result: a result whose status is PGRES_FATAL_ERROR. The caller still owns it.
    init(_ result: OpaquePointer) {
        // The names of these fields are character macros, which aren't imported (libpq 15, postgres_ext.h).
        func field(_ code: Unicode.Scalar) -> String? {
            unsafe PQresultErrorField(result, Int32(code.value)).map { unsafe String(cString: $0) }
        }
        let summary = unsafe PQresultErrorMessage(result).map { unsafe String(cString: $0).withoutLineEnds }
        let message = field("M") ?? summary ?? ""
        // A severity of FATAL or PANIC means that the server closes the connection.
        let severity = field("V")
        let isFatal = severity == "FATAL" || severity == "PANIC"
        self.init(isFatal ? .connectionLost : .server, message, sqlState: field("C").map(SQLState.init))
        detail = field("D")
        hint = field("H")
        schemaName = field("s")
        tableName = field("t")
        columnName = field("c")
        constraintName = field("n")
    }
}

extension String {
    /// The text without the line ends that libpq puts behind its messages.
    var withoutLineEnds: String {
        var text = self
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
