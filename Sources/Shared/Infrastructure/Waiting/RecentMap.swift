/// A dictionary that never holds more than a number of entries: when it is full, those that nobody has asked for lately are dropped.
///
/// Two generations: entries are written to, and when found moved to, the younger one; when that has grown to half of the capacity,
/// it becomes the older one and what was left there goes. Every operation takes constant time.
struct RecentMap<Key: Hashable, Value> {
    private let half: Int
    private var younger: [Key: Value] = [:]
    private var older: [Key: Value] = [:]

    init(capacity: Int) {
        half = max(1, capacity / 2)
    }

    var count: Int { younger.count + older.count }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = younger[key] { return value }
            guard let value = older.removeValue(forKey: key) else { return nil }
            insert(value, for: key)
            return value
        }
        set {
            older[key] = nil
            if let newValue { insert(newValue, for: key) } else { younger[key] = nil }
        }
    }

    mutating func removeAll(where shouldRemove: (Value) -> Bool) {
        younger = younger.filter { !shouldRemove($0.value) }
        older = older.filter { !shouldRemove($0.value) }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        if younger[key] == nil, younger.count >= half {
            older = younger
            younger = [:]
        }
        younger[key] = value
    }
}
