import Callers
import CoreMetrics
import NIOCore
import Synchronization

/// The connections beyond those that a service bears, in all and of one client's address. Where the listening socket alone kept the bound,
/// clients would wait without a word: so there is room for a few more, who are told, and are closed soon. Of one address that room is small;
/// what comes beyond it is closed at once.
final class SurplusConnections: Sendable {
    /// What became of a connection when it was opened.
    enum Admission: Hashable, Sendable {
        case served
        /// Beyond what the service bears.
        case beyondAll
        /// Beyond the share of its address.
        case beyondShare
        /// Beyond even those that are told.
        case closed
    }

    /// The connections of one block of addresses.
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

    private static let metric = "piao_connections_surplus"

    private let limit: Int
    /// How many one client's address may have; 0 for as many as there are.
    private let limitPerAddress: Int
    private let trustedProxies: [NetworkRange]
    private let stay: TimeAmount
    private let beyondAll: any CounterHandler
    private let beyondShare: any CounterHandler
    private let state = Mutex(State())
    /// Of `surplus`, for a look without the lock.
    private let surplusCount = Atomic(0)

    init(_ configuration: HTTPConfiguration, registry: PrometheusRegistry) {
        registry.describe(
            Self.metric, "Connections beyond the limit, in all or of one client's address; they are told so, or closed at once.")
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
            // After the pipeline is there, so that the connection ends as every other does.
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
    }

    private func set(_ admission: Admission?, of id: ObjectIdentifier) {
        state.withLock { state in
            state.surplus[id] = admission
            surplusCount.store(state.surplus.count, ordering: .relaxed)
        }
    }

    /// Counts a connection of these blocks.
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

    /// Counts a connection that has ended no longer.
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

    /// The blocks that have a share in the connections.
    private func blocks(of channel: any Channel) -> [AddressBlock] {
        guard limitPerAddress > 0, let peer = channel.remoteAddress?.ipAddress else { return [] }
        if !trustedProxies.isEmpty, let address = NetworkAddress(peer), trustedProxies.contains(where: { $0.contains(address) }) {
            return []
        }
        return AddressBlock.all(of: peer)
    }

    /// How many connections of an address beyond its share are told so at a time.
    private var surplusPerAddress: Int { max(4, limitPerAddress / 16) }

    /// Why nothing is done for a connection's requests; `nil` for one within the limits.
    func problem(of channel: any Channel) -> Problem? {
        guard surplusCount.load(ordering: .relaxed) > 0 else { return nil }
        switch state.withLock({ $0.surplus[ObjectIdentifier(channel)] }) {
        case .beyondAll?: return .tooManyConnections
        case .beyondShare?: return .tooManyConnectionsOfAddress
        case .served?, .closed?, nil: return nil
        }
    }
}

extension Problem {
    /// 503: this process has as many connections as it may.
    static let tooManyConnections = Problem.unavailable("busy", retryAfter: 1)

    /// 503: this address has as many connections as one may.
    static let tooManyConnectionsOfAddress = Problem.unavailable("too_many_connections_of_address", retryAfter: 1)
}
