import Testing

@testable import Database

/// The pool's decisions, without connections, clocks or tasks.
@Suite("The pool decides")
struct PoolStateTests {
    private typealias State = PostgresPoolState

    private let start = ContinuousClock.now

    private func state(minimum: Int = 0, maximum: Int = 2, maximumWaiters: Int = 3) -> PostgresPoolState {
        State(
            limits: .init(
                minimum: minimum,
                maximum: maximum,
                maximumWaiters: maximumWaiters,
                leaseTimeout: .seconds(2),
                idleTimeout: .seconds(60)
            )
        )
    }

    private func waiter(_ number: Int) -> PostgresPoolState.WaiterID { .init(number: number) }
    private func connection(_ number: Int) -> PostgresPoolState.ConnectionID { .init(number: number) }
    private func after(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test("The first who comes waits for a connection that is made for it, and a second one gets its own")
    func connectsOnDemand() {
        var state = state()
        let answer1 = state.lease(waiter(1), at: start)
        #expect(answer1 == .wait(connect: connection(1), timer: after(2)))
        let answer2 = state.lease(waiter(2), at: start)
        #expect(answer2 == .wait(connect: connection(2), timer: nil))
        let answer3 = state.lease(waiter(3), at: start)
        #expect(answer3 == .wait(connect: nil, timer: nil))
        let answer4 = state.connected(connection(1), at: start)
        #expect(answer4 == .give(waiter(1)))
        let answer5 = state.connected(connection(2), at: start)
        #expect(answer5 == .give(waiter(2)))
        #expect(state.leasedCount == 2)
    }

    @Test("A connection that comes back goes to the one who has waited longest")
    func firstComeFirstServed() {
        var state = state(maximum: 1)
        _ = state.lease(waiter(1), at: start)
        let answer1 = state.connected(connection(1), at: start)
        #expect(answer1 == .give(waiter(1)))
        _ = state.lease(waiter(2), at: start)
        _ = state.lease(waiter(3), at: start)
        let answer2 = state.release(connection(1), isUsable: true, at: start)
        #expect(answer2.placement == .give(waiter(2)))
        let answer3 = state.release(connection(1), isUsable: true, at: start)
        #expect(answer3.placement == .give(waiter(3)))
        let answer4 = state.release(connection(1), isUsable: true, at: start)
        #expect(answer4 == .init(placement: .keep, connect: nil))
        let answer5 = state.lease(waiter(4), at: start)
        #expect(answer5 == .use(connection(1)))
    }

    @Test("The line has an end")
    func bounded() {
        var state = state(maximum: 1, maximumWaiters: 1)
        _ = state.lease(waiter(1), at: start)
        let answer1 = state.lease(waiter(2), at: start)
        #expect(answer1 == .poolExhausted)
        let answer2 = state.abandon(waiter(1))
        #expect(answer2)
        let answer3 = state.abandon(waiter(1))
        #expect(!answer3)
        let answer4 = state.lease(waiter(3), at: start)
        #expect(answer4 == .wait(connect: nil, timer: nil))
    }

    @Test("A caller that has waited too long is refused; the others wait on")
    func expires() {
        var state = state(maximum: 1)
        _ = state.lease(waiter(1), at: start)
        _ = state.lease(waiter(2), at: after(1))
        let answer1 = state.expire(at: after(1.9))
        #expect(answer1.expired.isEmpty)
        let first = state.expire(at: after(2))
        #expect(first.expired == [waiter(1)])
        #expect(first.timer == after(3))
        let second = state.expire(at: after(3))
        #expect(second.expired == [waiter(2)])
        #expect(second.timer == nil)
        // The next one who waits has the timer set again.
        let answer2 = state.lease(waiter(3), at: after(4))
        #expect(answer2 == .wait(connect: nil, timer: after(6)))
    }

    @Test("A broken connection is closed and replaced for those who wait")
    func replacesBroken() {
        var state = state(maximum: 1)
        _ = state.lease(waiter(1), at: start)
        _ = state.connected(connection(1), at: start)
        _ = state.lease(waiter(2), at: start)
        let answer1 = state.release(connection(1), isUsable: false, at: start)
        #expect(answer1 == .init(placement: .close, connect: connection(2)))
        let answer2 = state.connected(connection(2), at: start)
        #expect(answer2 == .give(waiter(2)))
    }

    @Test("While the server cannot be reached one attempt at a time is made, each after a pause")
    func backsOff() {
        var state = state(maximum: 4)
        _ = state.lease(waiter(1), at: start)
        _ = state.lease(waiter(2), at: start)
        state.connectFailed(connection(1))
        state.connectFailed(connection(2))
        let answer1 = state.lease(waiter(3), at: start)
        #expect(answer1 == .wait(connect: nil, timer: nil))
        let answer2 = state.retry()
        #expect(answer2 == connection(3))
        let answer3 = state.retry()
        #expect(answer3 == nil)
        let answer4 = state.connected(connection(3), at: start)
        #expect(answer4 == .give(waiter(1)))
        #expect(state.failures == 0)
        let answer5 = state.connectionToMake()
        #expect(answer5 == connection(4))
        let answer6 = state.connectionToMake()
        #expect(answer6 == connection(5))
        let answer7 = state.connectionToMake()
        #expect(answer7 == nil)
    }

    @Test("A server that somebody else has reached is tried at once, for all who wait")
    func wakes() {
        var state = state(maximum: 4)
        let nobodyWaits = state.endBackOff()
        #expect(nobodyWaits.isEmpty)
        _ = state.lease(waiter(1), at: start)
        _ = state.lease(waiter(2), at: start)
        state.connectFailed(connection(1))
        state.connectFailed(connection(2))
        let woken = state.endBackOff()
        #expect(woken == [connection(3), connection(4)])
        #expect(state.failures == 0)
        let tooLate = state.retry()
        #expect(tooLate == nil)
    }

    @Test("An attempt that began before somebody else reached the server isn't waited for, and its failure means nothing any more")
    func overtakes() {
        var state = state(maximum: 4)
        _ = state.lease(waiter(1), at: start)
        state.connectFailed(connection(1))
        let hanging = state.retry()
        #expect(hanging == connection(2))
        let woken = state.endBackOff()
        #expect(woken == [connection(3)])
        let again = state.endBackOff()
        #expect(again.isEmpty)
        let second = state.lease(waiter(2), at: start)
        #expect(second == .wait(connect: connection(4), timer: nil))
        state.connectFailed(connection(2))
        #expect(state.failures == 0)
        let first = state.connected(connection(3), at: start)
        #expect(first == .give(waiter(1)))
        // One that began later counts.
        state.connectFailed(connection(4))
        #expect(state.failures == 1)
        let paused = state.connectionToMake()
        #expect(paused == nil)
    }

    @Test("An attempt of before that succeeds after all serves who waits")
    func overtakenSucceeds() {
        var state = state(maximum: 2)
        _ = state.lease(waiter(1), at: start)
        state.connectFailed(connection(1))
        _ = state.retry()
        let woken = state.endBackOff()
        #expect(woken == [connection(3)])
        let answer = state.connected(connection(2), at: start)
        #expect(answer == .give(waiter(1)))
        let other = state.connected(connection(3), at: start)
        #expect(other == .keep)
        #expect(state.count == 2 && state.connectingCount == 0)
    }

    @Test("An attempt that succeeds ends the pause after one that failed beside it")
    func succeedsBesideFailure() {
        var state = state(maximum: 4)
        _ = state.lease(waiter(1), at: start)
        _ = state.lease(waiter(2), at: start)
        _ = state.lease(waiter(3), at: start)
        state.connectFailed(connection(1))
        let answer = state.connected(connection(2), at: start)
        #expect(answer == .give(waiter(1)))
        let next = state.connectionsToMake()
        #expect(next == [connection(4)])
    }

    @Test("The minimum is kept open, what is beyond it is closed when nobody needs it")
    func prunes() {
        var state = state(minimum: 1, maximum: 3)
        let answer1 = state.connectionToMake()
        #expect(answer1 == connection(1))
        let answer2 = state.connectionToMake()
        #expect(answer2 == nil)
        let answer3 = state.connected(connection(1), at: start)
        #expect(answer3 == .keep)
        let answer4 = state.lease(waiter(1), at: start)
        #expect(answer4 == .use(connection(1)))
        _ = state.lease(waiter(2), at: start)
        let answer5 = state.connected(connection(2), at: start)
        #expect(answer5 == .give(waiter(2)))
        _ = state.release(connection(1), isUsable: true, at: after(1))
        _ = state.release(connection(2), isUsable: true, at: after(2))
        let answer6 = state.prune(at: after(30))
        #expect(answer6.isEmpty)
        let answer7 = state.prune(at: after(61))
        #expect(answer7 == [connection(1)])
        let answer8 = state.prune(at: after(1000))
        #expect(answer8.isEmpty)
        #expect(state.idleCount == 1)
    }

    @Test("A pool that shuts down refuses everybody and is drained when the last connection has been closed")
    func shutsDown() {
        var state = state(maximum: 2)
        _ = state.lease(waiter(1), at: start)
        _ = state.connected(connection(1), at: start)
        _ = state.lease(waiter(2), at: start)
        let end = state.shutDown()
        #expect(end.refused == [waiter(2)])
        #expect(end.close.isEmpty)
        let answer1 = state.lease(waiter(3), at: start)
        #expect(answer1 == .closed)
        let answer2 = state.connected(connection(2), at: start)
        #expect(answer2 == .close)
        let answer3 = state.release(connection(1), isUsable: true, at: start)
        #expect(answer3 == .init(placement: .close, connect: nil))
        #expect(!state.isDrained)
        state.closed(connection(1))
        state.closed(connection(2))
        #expect(state.isDrained)
    }

    @Test("When the server no longer takes writes, the idle connections to it are thrown away")
    func discardsIdle() {
        var state = state(maximum: 2)
        _ = state.lease(waiter(1), at: start)
        _ = state.lease(waiter(2), at: start)
        _ = state.connected(connection(1), at: start)
        _ = state.connected(connection(2), at: start)
        _ = state.release(connection(1), isUsable: true, at: start)
        let answer1 = state.discardIdle()
        #expect(answer1 == [connection(1)])
        #expect(state.count == 1)
    }
}
