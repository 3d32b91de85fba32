import Metrics
import Synchronization

/// What seat maps tell the monitoring.
final class SeatMapMetrics: Sendable {
    private let fromMemory = Counter(label: "piao_seat_maps_shown_from_memory")
    private let readings = Counter(label: "piao_seat_map_readings")
    private let count = Atomic<Int>(0)

    /// How many readings have begun.
    var readingCount: Int { count.load(ordering: .relaxed) }

    func shown() { fromMemory.increment() }

    func read() {
        count.add(1, ordering: .relaxed)
        readings.increment()
    }
}
