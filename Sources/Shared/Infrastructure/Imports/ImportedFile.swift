/// What a file says: the rows that can be taken, and the others with the reason.
package struct ImportedFile<Value: Sendable>: Sendable {
    /// A row that can be taken.
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

/// A row of a file that isn't taken, and why.
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

/// Why a value of a row can't be taken.
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
    /// Takes a row that `read` makes sense of, and else remembers why not.
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
