import Synchronization

/// How often something happened.
package final class Tally: Sendable {
    private let number = Atomic<Int>(0)

    package init() {}

    package var count: Int { number.load(ordering: .relaxed) }

    package func add() { number.add(1, ordering: .relaxed) }
}
