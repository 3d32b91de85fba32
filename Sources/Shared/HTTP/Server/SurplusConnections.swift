import NIOCore
import Synchronization

/// The connections beyond those that a service bears. Where the listening socket alone kept the bound, clients would wait without a word:
/// so there is room for a few more, who are told, and are closed soon.
final class SurplusConnections: Sendable {
    private struct State {
        var open = 0
        var surplus: Set<ObjectIdentifier> = []
    }

    private let limit: Int
    private let stay: TimeAmount
    private let state = Mutex(State())
    /// Of `surplus`, for a look without the lock.
    private let count = Atomic(0)

    init(_ configuration: HTTPConfiguration) {
        limit = configuration.maximumConnections
        stay = .seconds(Int64(configuration.leftoverSeconds))
    }

    /// Counts a connection until it is closed.
    func opened(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isSurplus = state.withLock { state in
            state.open += 1
            guard state.open > limit else { return false }
            state.surplus.insert(id)
            count.store(state.surplus.count, ordering: .relaxed)
            return true
        }
        let end =
            isSurplus
            ? channel.eventLoop.scheduleTask(in: stay) { channel.triggerUserOutboundEvent(ConnectionLimits.CutOff(), promise: nil) } : nil
        channel.closeFuture.whenComplete { _ in
            end?.cancel()
            self.state.withLock { state in
                state.open -= 1
                if isSurplus { state.surplus.remove(id) }
                self.count.store(state.surplus.count, ordering: .relaxed)
            }
        }
    }

    func contains(_ channel: any Channel) -> Bool {
        guard count.load(ordering: .relaxed) > 0 else { return false }
        return state.withLock { $0.surplus.contains(ObjectIdentifier(channel)) }
    }
}

extension Problem {
    /// 503: this process has as many connections as it may.
    static let tooManyConnections = Problem.unavailable("busy", "Too many connections are open here. Try again in a moment.", retryAfter: 1)
}
