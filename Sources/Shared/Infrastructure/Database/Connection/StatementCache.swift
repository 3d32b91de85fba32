/// The statements that are prepared on one connection. When there are too many, the one that was unused for longest is removed.
struct StatementCache {
    struct Statement {
        let name: String
        fileprivate(set) var layout: ColumnLayout?
        fileprivate var lastUse: Int
    }

    private let capacity: Int
    private var statements: [String: Statement] = [:]
    /// Names of prepared statements that the server still has and that nobody needs.
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

    /// Adds a statement that the server has prepared.
    mutating func insert(_ sql: String, name: String) {
        if let old = statements[sql] { discarded.append(old.name) }
        clock += 1
        statements[sql] = Statement(name: name, layout: nil, lastUse: clock)
        if statements.count > capacity, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            discard(oldest.key)
        }
    }

    /// Removes a statement. The server is told to drop it with the next pipeline.
    ///
    /// - Parameter isGone: whether the server has dropped it already, so that dropping it again would fail.
    mutating func discard(_ sql: String, isGone: Bool = false) {
        guard let statement = statements.removeValue(forKey: sql), !isGone else { return }
        discarded.append(statement.name)
    }

    /// Records that the server has dropped a statement.
    mutating func deallocated(_ name: String) {
        discarded.removeAll { $0 == name }
    }

    func layout(of sql: String) -> ColumnLayout? { statements[sql]?.layout }

    mutating func setLayout(_ layout: ColumnLayout, of sql: String) {
        statements[sql]?.layout = layout
    }
}
