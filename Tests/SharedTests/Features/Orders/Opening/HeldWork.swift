import Database
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Shared

/// The work of settling, whose first batch waits until it is let go.
final class HeldWork: LaneWork {
    let hasBegun = Gate()
    let letGo = Gate()
    private let work: NoticeBatchWork
    /// Whether it knows again what it paid before; without it for controls alone.
    private let knowsItsOwn: Bool
    private let record = Mutex<[(size: Int, isRepetition: Bool)]>([])

    init(_ work: NoticeBatchWork, knowsItsOwn: Bool = true) {
        self.work = work
        self.knowsItsOwn = knowsItsOwn
    }

    var batches: [Int] { record.withLock { $0.map(\.size) } }
    var repetitions: Int { record.withLock { $0.count { $0.isRepetition } } }

    func perform(
        _ batch: [WaitingNotice], isRepetition: Bool, on connection: PostgresConnection
    ) async throws -> [Result<NoticeBatchAnswer, any Error>] {
        record.withLock { $0.append((batch.count, isRepetition)) }
        hasBegun.open()
        await letGo.wait()
        // The same notices with other codes are nobody's own.
        let batch = knowsItsOwn ? batch : batch.map { WaitingNotice($0.fact) }
        return try await work.perform(batch, isRepetition: isRepetition, on: connection)
    }
}

extension Lane<HeldWork> {
    /// - Parameter connection: how to reach the database the first time, the second time and so on, by its number from 1.
    init(_ work: HeldWork, connection: @escaping @Sendable (Int) async -> PostgresConnectionConfiguration) {
        let made = Mutex(0)
        self.init(
            work: work,
            configuration: LaneConfiguration(waitLimit: Patience.limit),
            logger: Logger(label: "lane") { _ in SwiftLogNoOpLogHandler() }
        ) { thread in
            let number = made.withLock { made in
                made += 1
                return made
            }
            return try await PostgresConnection.connect(to: await connection(number), on: thread)
        }
    }

    /// - Parameter connections: how to reach the database the first time, the second time and so on; the last one stays.
    init(_ work: HeldWork, _ connections: PostgresConnectionConfiguration...) {
        self.init(work) { connections[Swift.min($0, connections.count) - 1] }
    }

    /// Brings facts to a lane in such a way that they make up one batch: the second, behind one about a trade that nobody knows.
    nonisolated func results(
        ofOneBatch facts: [PaymentFact], _ held: HeldWork
    ) async throws -> [Result<NoticeBatchAnswer, any Error>] {
        let unknown = PaymentFact(
            gateway: "alipay", origin: .notice(id: nil), outTradeNo: .make(at: Date()), tradeNo: "0", status: .succeeded, amountFen: 1)
        async let first = submit(WaitingNotice(unknown))
        await held.hasBegun.wait()
        var answers: [Task<NoticeBatchAnswer, any Error>] = []
        for fact in facts {
            answers.append(Task { try await submit(WaitingNotice(fact)) })
            try await until { waiting >= answers.count }
        }
        held.letGo.open()
        #expect(try await first == .leftAlone)
        var results: [Result<NoticeBatchAnswer, any Error>] = []
        for answer in answers { results.append(await answer.result) }
        return results
    }
}

extension BookingProcess {
    /// Orders of one seat each that wait for their payment, and the gateway's word for each.
    func waitingOrders(_ count: Int, in world: BookingWorld, _ database: PostgresPool) async throws -> [PaymentFact] {
        var facts: [PaymentFact] = []
        for index in 0..<count {
            let showtimeID = world.showtimeIDs[index % world.showtimeIDs.count]
            let id = try await open([world.seatIDs[index / world.showtimeIDs.count]], of: showtimeID, by: world.buyers[index])
            facts.append(fact(about: try #require(try await startPayment(id, by: world.buyers[index], in: database))))
        }
        return facts
    }
}
