import Callers
import Database
import NIOHTTP1
import Shared
import TestSupport

/// Somebody who asks a running service for seats, always under the same key.
struct RunningBuyer: Sendable {
    static let keyPrefix = "showtime-"
    private let token = Token(realm: .client)

    init(_ principal: Principal, in pool: PostgresPool) async throws {
        try await pool.execute("UPDATE sessions SET token_sha256 = \(token.sha256) WHERE id = \(principal.sessionID)")
    }

    func order(_ world: BookingWorld, showtime: Int, seat: Int, at service: RunningService) async throws -> Asked {
        try await service.ask(
            .POST, "/v1/orders",
            ["Authorization": "Bearer \(token.text)", "Idempotency-Key": "\(Self.keyPrefix)\(showtime)-seat-\(seat)"],
            json: #"{"showtime_id": \#(world.showtimeIDs[showtime]), "seat_ids": [\#(world.seatIDs[seat])]}"#)
    }

    /// Starts paying an order.
    func pay(_ orderID: String, at service: RunningService) async throws -> Asked {
        try await service.ask(
            .POST, "/v1/orders/\(orderID)/payments", ["Authorization": "Bearer \(token.text)"], json: #"{"method": "alipay_page"}"#)
    }
}

extension Sequence {
    func asyncMap<Mapped>(_ transform: (Element) async throws -> Mapped) async throws -> [Mapped] {
        var mapped: [Mapped] = []
        for element in self { mapped.append(try await transform(element)) }
        return mapped
    }
}
