/// A dictionary with a bound: when it is full, the entries that nobody has asked for lately are dropped.
///
/// It has two generations. Entries are written to the younger one, and moved there when they are found. When it has grown to half of the
/// capacity, it becomes the older one, and the former older one is dropped. An access takes constant time.
///
/// It is public, not of the package, because the compiler specialises only public generic code for the types of other targets. Each
/// request looks here for its caller.
public struct RecentMap<Key: Hashable, Value> {
    private let half: Int
    private var younger: [Key: (value: Value, cost: Int)] = [:]
    private var older: [Key: (value: Value, cost: Int)] = [:]
    private var youngerCost = 0
    private var olderCost = 0

    /// - Parameter capacity: how much all entries may cost together. An entry costs 1 unless it is stored with another cost.
    public init(capacity: Int) {
        half = max(1, capacity / 2)
    }

    public var count: Int { younger.count + older.count }

    /// How much all entries cost together.
    public var cost: Int { youngerCost + olderCost }

    public subscript(key: Key) -> Value? {
        mutating get {
            if let entry = younger[key] { return entry.value }
            guard let entry = older[key] else { return nil }
            store(entry.value, for: key, cost: entry.cost)
            return entry.value
        }
        set {
            if let newValue {
                store(newValue, for: key)
            } else {
                removeFromOlder(key)
                if let entry = younger.removeValue(forKey: key) { youngerCost -= entry.cost }
            }
        }
    }

    /// The value for a key. The entry stays in its generation.
    public func peek(_ key: Key) -> Value? {
        (younger[key] ?? older[key])?.value
    }

    /// Stores a value in the younger generation.
    ///
    /// - Parameters:
    ///   - cost: how much of the capacity the entry takes.
    ///   - beginsGeneration: whether a new generation begins even if the younger one has room.
    /// - Returns: whether a new generation began.
    @discardableResult
    public mutating func store(_ value: Value, for key: Key, cost: Int = 1, beginsGeneration: Bool = false) -> Bool {
        removeFromOlder(key)
        let isFull = youngerCost + cost - (younger[key]?.cost ?? 0) > half
        if isFull || beginsGeneration {
            (older, olderCost) = (younger, youngerCost)
            (younger, youngerCost) = ([:], 0)
        }
        if let previous = younger.updateValue((value, cost), forKey: key) { youngerCost -= previous.cost }
        youngerCost += cost
        return isFull || beginsGeneration
    }

    public mutating func removeAll(where shouldRemove: (Value) -> Bool) {
        younger = younger.filter { !shouldRemove($0.value.value) }
        older = older.filter { !shouldRemove($0.value.value) }
        youngerCost = younger.values.reduce(0) { $0 + $1.cost }
        olderCost = older.values.reduce(0) { $0 + $1.cost }
    }

    private mutating func removeFromOlder(_ key: Key) {
        if let entry = older.removeValue(forKey: key) { olderCost -= entry.cost }
    }
}

extension RecentMap: Sendable where Key: Sendable, Value: Sendable {}
