/// The effect of a statement on its transaction, by the statement's first word.
enum StatementKind {
    /// Certainly changes nothing.
    case read
    /// Ends a transaction for good.
    case commit
    case rollback
    /// Begins a transaction.
    case begin
    /// Anything else.
    case write

    /// Whether a transaction begins or ends with it.
    var limitsTransaction: Bool {
        switch self {
        case .begin, .commit, .rollback: true
        case .read, .write: false
        }
    }

    init(sql: String) {
        let letters = sql.utf8.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
            .prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        self =
            switch String(decoding: letters, as: UTF8.self).lowercased() {
            case "select", "show", "values", "table", "explain": .read
            case "commit", "end", "prepare": .commit
            case "rollback", "abort": .rollback
            case "begin", "start": .begin
            default: .write
            }
    }
}
