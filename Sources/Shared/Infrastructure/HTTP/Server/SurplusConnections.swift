import Callers
import CoreMetrics
import NIOCore
import Synchronization

/// The connections beyond a service's limits, in all and for one client's address block. If only the listening socket kept the limit,
/// clients would wait without an answer. So some more connections are accepted, told that there are too many, and closed soon. For one
/// address block this number is small; connections beyond it are closed at once.
final class SurplusConnections: Sendable {
    /// The decision about a new connection.
    enum Admission: Hashable, Sendable {
        case served
        /// Beyond the service's limit.
        case beyondAll
        /// Beyond the limit of its address block.
        case beyondShare
        /// Beyond the number that is still answered.
        case closed
    }

    /// The connections of one address block.
    private struct Share {
        var served = 0
        var surplus = 0

        var isEmpty: Bool { served == 0 && surplus == 0 }

        mutating func add(_ number: Int, _ admission: Admission) {
            if admission == .served { served += number } else { surplus += number }
        }
    }

    private struct State {
        var served = 0
        var surplus: [ObjectIdentifier: Admission] = [:]
        var shares: [AddressBlock: Share] = [:]
    }

    private static let metric = "piao_connections_surplus_total"

    private let limit: Int
    /// How many one client's address block may have; 0 for no limit.
    private let limitPerAddress: Int
    private let trustedProxies: [NetworkRange]
    private let stay: TimeAmount
    private let beyondAll: any CounterHandler
    private let beyondShare: any CounterHandler
    private let state = Mutex(State())
    /// The number in `surplus`, to be read without the lock.
    private let surplusCount = Atomic(0)

    init(_ configuration: HTTPConfiguration, registry: PrometheusRegistry) {
        beyondAll = registry.makeCounter(label: Self.metric, dimensions: [("reason", "all")])
        beyondShare = registry.makeCounter(label: Self.metric, dimensions: [("reason", "address")])
        limit = configuration.maximumConnections
        limitPerAddress = configuration.maximumConnectionsPerAddress
        trustedProxies = configuration.trustedProxies
        stay = .seconds(Int64(configuration.leftoverSeconds))
    }

    /// Counts a connection until it is closed.
    func opened(_ channel: any Channel) {
        let blocks = self.blocks(of: channel)
        let admission = count(blocks)
        switch admission {
        case .served:
            channel.closeFuture.whenComplete { _ in self.countBack(admission, blocks) }
        case .beyondAll, .beyondShare:
            let id = ObjectIdentifier(channel)
            set(admission, of: id)
            let end = channel.eventLoop.scheduleTask(in: stay) {
                channel.triggerUserOutboundEvent(ConnectionLimits.CutOff(), promise: nil)
            }
            channel.closeFuture.whenComplete { _ in
                end.cancel()
                self.set(nil, of: id)
                self.countBack(admission, blocks)
            }
        case .closed:
            // This runs after the pipeline exists, so that the connection ends like every other.
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
    }

    private func set(_ admission: Admission?, of id: ObjectIdentifier) {
        state.withLock { state in
            state.surplus[id] = admission
            surplusCount.store(state.surplus.count, ordering: .relaxed)
        }
    }

    /// Counts a connection under these blocks.
    func count(_ blocks: [AddressBlock]) -> Admission {
        let admission = state.withLock { state in
            let admission = self.admission(of: blocks, state)
            guard admission != .closed else { return admission }
            if admission == .served { state.served += 1 }
            for block in blocks { state.shares[block, default: Share()].add(1, admission) }
            return admission
        }
        switch admission {
        case .served: break
        case .beyondAll: beyondAll.increment(by: 1)
        case .beyondShare, .closed: beyondShare.increment(by: 1)
        }
        return admission
    }

    /// Removes a connection that has ended from the counts.
    func countBack(_ admission: Admission, _ blocks: [AddressBlock]) {
        guard admission != .closed else { return }
        state.withLock { state in
            if admission == .served { state.served -= 1 }
            for block in blocks {
                guard var share = state.shares[block] else { continue }
                share.add(-1, admission)
                state.shares[block] = share.isEmpty ? nil : share
            }
        }
    }

    /// Whether no connection is counted.
    var isEmpty: Bool { state.withLock { $0.served == 0 && $0.surplus.isEmpty && $0.shares.isEmpty } }

    private func admission(of blocks: [AddressBlock], _ state: State) -> Admission {
        let isWithinShare = blocks.allSatisfy {
            state.shares[$0, default: Share()].served < $0.share(ofClient: limitPerAddress, outOf: limit)
        }
        if isWithinShare, state.served < limit { return .served }
        guard blocks.allSatisfy({ state.shares[$0, default: Share()].surplus < surplusPerAddress }) else { return .closed }
        return isWithinShare ? .beyondAll : .beyondShare
    }

    /// The blocks under which a connection is counted.
    private func blocks(of channel: any Channel) -> [AddressBlock] {
        guard limitPerAddress > 0, let peer = channel.remoteAddress?.ipAddress else { return [] }
        if !trustedProxies.isEmpty, let address = NetworkAddress(peer), trustedProxies.contains(where: { $0.contains(address) }) {
            return []
        }
        return AddressBlock.all(of: peer)
    }

    /// How many connections beyond an address block's limit are answered at a time.
    private var surplusPerAddress: Int { max(4, limitPerAddress / 16) }

    /// The problem with which a connection's requests are answered; `nil` for a connection within the limits.
    func problem(of channel: any Channel) -> Problem? {
        guard surplusCount.load(ordering: .relaxed) > 0 else { return nil }
        switch state.withLock({ $0.surplus[ObjectIdentifier(channel)] }) {
        case .beyondAll?: return .busy
        case .beyondShare?: return .tooManyConnectionsOfAddress
        case .served?, .closed?, nil: return nil
        }
    }
}

extension Problem {
    /// 503: this address has as many connections as one may.
    static let tooManyConnectionsOfAddress = Problem.unavailable("too_many_connections_of_address", retryAfter: 1)
}
