/// The statements that are prepared on one connection; the one that was used longest ago makes room when there are too many.
struct StatementCache {
    struct Statement {
        let name: String
        fileprivate(set) var layout: ColumnLayout?
        fileprivate var lastUse: Int
    }

    private let capacity: Int
    private var statements: [String: Statement] = [:]
    /// Names that the server still knows and that nobody needs any more.
    private(set) var discarded: [String] = []
    private var clock = 0
    private var made = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { statements.count }

    /// The name under which a statement is prepared; `nil` when it isn't.
    mutating func name(of sql: String) -> String? {
        clock += 1
        guard let index = statements.index(forKey: sql) else { return nil }
        statements.values[index].lastUse = clock
        return statements.values[index].name
    }

    /// A name for a statement that is about to be prepared.
    mutating func newName() -> String {
        made += 1
        return "s\(made)"
    }

    /// Remembers a statement that the server has prepared.
    mutating func insert(_ sql: String, name: String) {
        if let old = statements[sql] { discarded.append(old.name) }
        clock += 1
        statements[sql] = Statement(name: name, layout: nil, lastUse: clock)
        if statements.count > capacity, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            discard(oldest.key)
        }
    }

    /// Removes a statement; the server is told so at the next opportunity.
    ///
    /// - Parameter isGone: whether the server has dropped it already: telling it would fail.
    mutating func discard(_ sql: String, isGone: Bool = false) {
        guard let statement = statements.removeValue(forKey: sql), !isGone else { return }
        discarded.append(statement.name)
    }

    /// The server has dropped it too.
    mutating func deallocated(_ name: String) {
        discarded.removeAll { $0 == name }
    }

    func layout(of sql: String) -> ColumnLayout? { statements[sql]?.layout }

    mutating func setLayout(_ layout: ColumnLayout, of sql: String) {
        statements[sql]?.layout = layout
    }
}
