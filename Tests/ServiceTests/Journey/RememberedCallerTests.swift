import Database
import Foundation
import HTTPTypes
import TestSupport
import Testing

/// Opening an order may begin with what is remembered of its caller; whatever goes wrong then must be told as if nothing were remembered.
@Suite("Callers whose principals are cached")
struct RememberedCallerTests {
    @Test(
        "Whose session has ended is told so, whatever else is wrong with the request",
        arguments: ["{", #"{"showtime_id": 999999, "seat_ids": [1]}"#, "good"])
    func endedSession(_ body: String) async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let seats = try await platform.freeSeats(stage.showtimeID)
            // Now the process knows the caller.
            #expect(try await platform.order(buyer, stage.showtimeID, seats: [seats[0]], key: "first").status == 201)
            try await platform.pool.execute("UPDATE sessions SET revoked_at = clock_timestamp() WHERE realm = 'client'")
            let good = #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(seats[1])]}"#
            let json = body == "good" ? good : body
            // For a second after a session was looked at, nobody looks again before a refusal.
            try await until {
                let answer = try await platform.client.ask(.post, "/v1/orders", token: buyer, json: json)
                #expect(answer.status >= 400, "\(answer.body)")
                return answer.status == 401
            }
            // A recorded answer isn't for whoever isn't signed in any more.
            #expect(try await platform.order(buyer, stage.showtimeID, seats: [seats[0]], key: "first").status == 401)
        }
    }

    @Test("A caller that has lost the permission is told so, and gets no seat")
    func lostPermission() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let seats = try await platform.freeSeats(stage.showtimeID)
            #expect(try await platform.order(buyer, stage.showtimeID, seats: [seats[0]]).status == 201)
            try await platform.pool.execute("UPDATE accounts SET permission = 1 WHERE username = 'anna'")
            #expect(try await platform.order(buyer, stage.showtimeID, seats: [seats[1]]).status == 403)
            #expect(try await platform.pool.row("SELECT count(*) AS orders FROM orders") { try $0["orders"] as Int64 } == 1)
        }
    }
}

extension Platform {
    /// Two standard seats that can be had, far from each other.
    fileprivate func freeSeats(_ showtimeID: Int64) async throws -> [Int64] {
        let seats = try await seats(showtimeID)
        return [try #require(seats["A1"])["id"].number, try #require(seats["A6"])["id"].number]
    }
}
