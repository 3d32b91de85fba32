import TestSupport
import Testing
import Waiting

@Suite("Bounded lines with deadlines")
struct WaitingLineTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("Those who came first are taken first, and a full line takes nobody")
    func order() {
        var line = WaitingLine<Int>(capacity: 3, waitLimit: .seconds(10))
        let taken = (1...4).map { line.append($0, at: after($0)) }
        #expect(taken == [true, true, true, false] && line.isFull)
        let first = line.removeFirst(2).map(\.element)
        #expect(first == [1, 2] && !line.isFull)
        let isTaken = line.append(5, at: after(5))
        let found = [line.removeFirst { $0 == 5 }, line.removeFirst { $0 == 5 }]
        #expect(isTaken && found == [5, nil])
        let last = line.remove(at: 0)
        let none = line.removeFirst(2)
        #expect(last == 3 && none.isEmpty && line.isEmpty)
        _ = line.append(6)
        let all = line.removeAll()
        #expect(all == [6] && line.isEmpty)
    }

    @Test("Who has waited for the limit is late, whoever came later is not")
    func late() {
        var line = WaitingLine<Int>(capacity: 9, waitLimit: .seconds(10))
        for number in 1...3 { _ = line.append(number, at: after(number)) }
        #expect(line.places.map(\.deadline) == [after(11), after(12), after(13)])
        let found = [10, 12, 99, 99].map { line.removeLate(at: after($0)) }
        #expect(found.map(\.late) == [[], [1, 2], [3], []])
        #expect(found.map(\.next) == [after(11), after(13), nil, nil])
    }

    @Test("There is one watch as long as anybody waits, and a new one afterwards")
    func watches() {
        var line = WaitingLine<Int>(capacity: 9, waitLimit: .seconds(10))
        var watches = [line.beginWatch()]
        _ = line.append(1, at: start)
        watches += [line.beginWatch(), line.beginWatch()]
        #expect(watches == [nil, after(10), nil])
        _ = line.append(2, at: after(5))
        let next = line.removeLate(at: after(10)).next
        watches = [line.beginWatch()]
        #expect(next == after(15) && watches == [nil])
        // It is over only when the watch has seen that nobody waits.
        _ = line.removeAll()
        _ = line.append(3, at: after(11))
        watches = [line.beginWatch()]
        let last = line.removeLate(at: after(21)).next
        _ = line.append(4, at: after(22))
        watches.append(line.beginWatch())
        #expect(last == nil && watches == [nil, after(32)])
    }

    @Test("Late ones are looked for at each moment that the last look gave, until it gives none", .inTurn)
    func looking() async {
        let first = ContinuousClock.now
        var looks: [ContinuousClock.Instant] = []
        await watchForLate(from: first) {
            looks.append(.now)
            return looks.count < 3 ? first + .milliseconds(20 * looks.count) : nil
        }
        #expect(looks.count == 3)
        #expect(looks[1] >= first + .milliseconds(20) && looks[2] >= first + .milliseconds(40))
    }

    @Test("A watch ends when it is cancelled", .inTurn)
    func cancelled() async {
        let watching = Task { await watchForLate(from: .now + .seconds(3_600)) { nil } }
        watching.cancel()
        await watching.value
    }
}
