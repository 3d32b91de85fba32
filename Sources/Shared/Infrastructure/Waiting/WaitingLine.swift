/// Elements that wait for their turn, in the order in which they came. The line has a capacity, and the wait has a limit.
///
/// The line only decides. Its owner answers the elements that are taken out, and calls ``removeLate(at:)`` when some are due.
///
/// It is public, not of the package, because the compiler specialises only public generic code for the types of other targets. Each
/// booking stands here.
public struct WaitingLine<Element> {
    public struct Place {
        public let element: Element
        /// The moment from which on the element has waited too long.
        public let deadline: ContinuousClock.Instant

        public func isLate(at now: ContinuousClock.Instant = .now) -> Bool { deadline <= now }
    }

    /// The places in the order in which the elements came. All have the same limit, so the deadlines ascend.
    public private(set) var places: [Place] = []
    private let capacity: Int
    private let waitLimit: Duration
    /// Whether a task watches the deadlines.
    private var isWatched = false

    /// - Parameters:
    ///   - capacity: how many elements may wait.
    ///   - waitLimit: how long an element may wait.
    public init(capacity: Int, waitLimit: Duration) {
        self.capacity = capacity
        self.waitLimit = waitLimit
    }

    public var count: Int { places.count }
    public var isEmpty: Bool { places.isEmpty }
    public var isFull: Bool { places.count >= capacity }

    /// - Returns: whether there was room.
    public mutating func append(_ element: Element, at now: ContinuousClock.Instant = .now) -> Bool {
        guard !isFull else { return false }
        places.append(Place(element: element, deadline: now + waitLimit))
        return true
    }

    /// Takes out the elements that came first.
    ///
    /// - Parameter count: how many at most.
    public mutating func removeFirst(_ count: Int) -> [Place] {
        guard count < places.count else {
            // No `defer` is used here, because optimised code released the elements twice there.
            let all = places
            places = []
            return all
        }
        let first = Array(places.prefix(count))
        places.removeFirst(first.count)
        return first
    }

    /// Takes out the element at an index of ``places``.
    public mutating func remove(at index: Int) -> Element {
        places.remove(at: index).element
    }

    /// Takes out the first element that meets a condition; `nil` when there is none.
    public mutating func removeFirst(where isMeant: (Element) -> Bool) -> Element? {
        places.firstIndex { isMeant($0.element) }.map { remove(at: $0) }
    }

    public mutating func removeAll() -> [Element] {
        let all = places.map(\.element)
        places = []
        return all
    }

    // MARK: Limits

    /// The moment at which the owner must begin to look for late elements; `nil` when none waits, or when a task watches already.
    public mutating func beginWatch() -> ContinuousClock.Instant? {
        guard !isWatched, let first = places.first else { return nil }
        isWatched = true
        return first.deadline
    }

    /// Takes out the elements that have waited too long.
    ///
    /// - Returns: these elements, and when to look again; `nil` when none waits, which ends the watch.
    public mutating func removeLate(at now: ContinuousClock.Instant = .now) -> (late: [Element], next: ContinuousClock.Instant?) {
        let late = removeFirst(places.prefix { $0.isLate(at: now) }.count).map(\.element)
        isWatched = !places.isEmpty
        return (late, places.first?.deadline)
    }
}

extension WaitingLine: Sendable where Element: Sendable {}
extension WaitingLine.Place: Sendable where Element: Sendable {}

/// Calls a closure at a moment, then at each moment that the closure returns. Ends when it returns `nil`, or when the task is cancelled.
///
/// - Parameter look: takes late elements out of a ``WaitingLine``, answers them, and returns when to look again.
package func watchForLate(from first: ContinuousClock.Instant, _ look: () -> ContinuousClock.Instant?) async {
    var next: ContinuousClock.Instant? = first
    while let due = next, (try? await Task.sleep(until: due, clock: .continuous)) != nil { next = look() }
}
