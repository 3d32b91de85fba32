/// The content of a file: the rows that can be imported, and the rejected ones with the reason.
package struct ImportedFile<Value: Sendable>: Sendable {
    /// A row that can be imported.
    package struct Row: Sendable {
        /// The line of the file on which it begins, from 1.
        package let line: Int
        package let value: Value

        package init(line: Int, value: Value) {
            self.line = line
            self.value = value
        }
    }

    package internal(set) var rows: [Row] = []
    package internal(set) var refusals: [RejectedRow] = []

    init() {}
}

extension ImportedFile.Row: Equatable where Value: Equatable {}

/// A row of a file that can't be imported, with the reason.
package struct RejectedRow: Error, Hashable, Sendable {
    /// The line of the file on which it begins, from 1.
    package let line: Int
    /// A few words for the person who imports.
    package let reason: String

    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// The reason why a value of a row can't be imported.
struct ImportFault: Error, Hashable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// A file that can't be imported at all.
package struct ImportFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension ImportedFile {
    /// Adds a row that `read` accepts, and records the reason for any other.
    mutating func take(line: Int, _ read: () throws(ImportFault) -> Value) {
        do {
            rows.append(Row(line: line, value: try read()))
        } catch {
            refusals.append(RejectedRow(line: line, reason: error.reason))
        }
    }

    /// Refuses every row after the first with the same key.
    mutating func refuseRepeated(_ name: String, _ key: (Value) -> String) {
        var lines: [String: Int] = [:]
        var kept: [Row] = []
        for row in rows {
            let key = key(row.value)
            if let line = lines[key] {
                refusals.append(RejectedRow(line: row.line, reason: "\(name) \(key) is on line \(line) already"))
            } else {
                lines[key] = row.line
                kept.append(row)
            }
        }
        rows = kept
    }
}
