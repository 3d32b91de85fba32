import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import TestSupport
import Testing
import Text

@Suite("Holding seats for nothing, over HTTP")
struct SquattingJourneyTests {
    /// All requests of these tests come from one address.
    private static let limited = [
        "RATE_LIMITS_ENABLED": "true", "RATE_LIMITS_SIGN_UP": "1000/60", "RATE_LIMITS_SIGN_IN": "1000/60",
        "RATE_LIMITS_WRITE": "10000/60", "SQUATTING_CHALLENGE_COST": "2",
    ]

    private static func with(
        _ more: [String: String] = [:], _ test: @escaping @Sendable (Platform, Platform.Stage, [Int64]) async throws -> Void
    ) async throws {
        try await Platform.with(limited.merging(more) { $1 }) { platform in
            let stage = try await platform.stage()
            // Sold online: 16 of the 19 seats.
            let seats = try await platform.seats(stage.showtimeID).values
                .filter { $0["kind"].text == "standard" }.map { $0["id"].number }.sorted()
            try await test(platform, stage, seats)
        }
    }

    private static func answer(_ challenge: JSONValue) -> String {
        let solver = solver(challenge)
        return #"{"id": "\#(challenge["id"].text)", "counter": \#(solver.counter)}"#
    }

    private static func solver(_ challenge: JSONValue) -> ChallengeSolver {
        ChallengeSolver(
            nonce: challenge["nonce"].text, salt: challenge["salt"].text, cost: Int(challenge["cost"].number),
            keyPrefix: challenge["key_prefix"].text)
    }

    private static func order(
        _ platform: Platform, _ token: String, _ stage: Platform.Stage, _ seats: [Int64], challenge: String? = nil, key: String? = nil
    ) async throws -> Asked {
        try await platform.client.ask(
            .post, "/v1/orders", token: token,
            json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": \#(seats)\#(challenge.map { #", "challenge": \#($0)"# } ?? "")}"#,
            idempotencyKey: key)
    }

    // MARK: The challenge

    @Test("Above a quarter of the seats a network is asked for work; who has done it gets its order")
    func challenge() async throws {
        try await Self.with { platform, stage, seats in
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            #expect(try await Self.order(platform, anna, stage, Array(seats[0..<4])).status == 201)
            let refused = try await Self.order(platform, bert, stage, [seats[4]], key: "once")
            #expect(refused.status == 409)
            #expect(refused.code == "challenge_required")
            #expect(refused["seat_ids"].items.map(\.number) == [seats[4]])
            let challenge = refused["challenge"]
            guard case .object(let members) = challenge else {
                Issue.record("\(refused.body)")
                return
            }
            #expect(members.map(\.name) == ["id", "algorithm", "nonce", "salt", "cost", "key_prefix", "expires_at"])
            #expect(challenge["algorithm"].text == "PBKDF2/SHA-256")
            #expect(challenge["cost"].number == 2)
            #expect(challenge["key_prefix"].text == "00")
            #expect(challenge["nonce"].text.count == 32 && challenge["salt"].text.count == 32)
            let left = try #require(Timestamp(text: challenge["expires_at"].text)).date.timeIntervalSinceNow
            #expect(left <= 121)

            let answer = Self.answer(challenge)
            let ordered = try await Self.order(platform, bert, stage, [seats[4]], challenge: answer, key: "once")
            #expect(ordered.status == 201, "\(ordered.body)")
            // The answer is no part of what was asked for: with another one, or without, it is the same request.
            for repeated in [answer, #"{"id": "x", "counter": 1}"#, "null", nil] {
                let again = try await Self.order(platform, bert, stage, [seats[4]], challenge: repeated, key: "once")
                #expect(again.status == 201 && again.body == ordered.body)
            }
            #expect(
                try await Self.order(platform, bert, stage, [seats[5]], challenge: answer, key: "once").code == "idempotency_key_reused")
            // Used up, and nobody else's.
            #expect(try await Self.order(platform, bert, stage, [seats[5]], challenge: answer).code == "challenge_required")
            let other = try await Self.order(platform, anna, stage, [seats[5]])
            #expect(other.code == "challenge_required")
            let annas = Self.answer(other["challenge"])
            #expect(try await Self.order(platform, bert, stage, [seats[5]], challenge: annas).code == "challenge_required")
            #expect(try await Self.order(platform, anna, stage, [seats[5]], challenge: annas).status == 201)
        }
    }

    @Test("A counter without the prefix, a broken id, and an answer that came too late solve nothing")
    func wrongAnswers() async throws {
        try await Self.with(["SQUATTING_CHALLENGE_SHARE": "0"]) { platform, stage, seats in
            let anna = try await platform.moviegoer("anna")
            #expect(try await Self.order(platform, anna, stage, [seats[0]]).status == 201)
            let challenge = try await Self.order(platform, anna, stage, [seats[1]])["challenge"]
            let id = challenge["id"].text
            let wrong = [
                #"{"id": "\#(id)", "counter": \#(Self.solver(challenge).wrongCounter)}"#, #"{"id": "\#(id.dropLast(2))AA", "counter": 1}"#,
                #"{"id": "?", "counter": 4294967295}"#,
            ]
            for answer in wrong {
                #expect(
                    try await Self.order(platform, anna, stage, [seats[1]], challenge: answer).code == "challenge_required", "\(answer)")
            }
            let malformed = ["1", "{}", #"{"id": "x"}"#, #"{"id": "x", "counter": -1}"#, #"{"id": "x", "counter": 4294967296}"#]
            for answer in malformed + [#"{"id": "", "counter": 1}"#, #"{"id": "x", "counter": 1, "more": 1}"#] {
                let refused = try await Self.order(platform, anna, stage, [seats[1]], challenge: answer)
                #expect(refused.status == 422 && refused.code == "body_invalid", "\(answer)")
                #expect(refused.pointers.allSatisfy { $0.hasPrefix("/challenge") }, "\(answer)")
            }
            // As they were made some minutes ago: one can still be answered.
            let me = try await platform.client.ask(.get, "/v1/me", token: anna)["id"].number
            let challenges = HoldChallenges(seal: try TicketSeal(privateKey: Platform.ticketKey), cost: 2, lifetime: .seconds(300))
            for (age, status) in [(301.0, 409), (200.0, 201)] {
                let made = challenges.challenge(for: me, showtimeID: stage.showtimeID, at: Date(timeIntervalSinceNow: -age))
                let solver = ChallengeSolver(nonce: made.nonce, salt: made.salt, cost: 2, keyPrefix: HoldChallenge.keyPrefix)
                let answer = #"{"id": "\#(made.id)", "counter": \#(solver.counter)}"#
                #expect(try await Self.order(platform, anna, stage, [seats[1]], challenge: answer).status == status)
            }
        }
    }

    // MARK: The share

    @Test("A network's share is told in the refusal, and its holder's next order passes once it has paid or cancelled")
    func share() async throws {
        try await Self.with(["SQUATTING_ADDRESS_SHARE": "25", "SQUATTING_CHALLENGE_SHARE": "100"]) { platform, stage, seats in
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            let order = try await Self.order(platform, anna, stage, Array(seats[0..<4]))
            let refused = try await Self.order(platform, bert, stage, [seats[4]])
            #expect(refused.status == 409)
            #expect(refused.code == "address_share_reached")
            #expect(refused["detail"].text.contains("4 of the 16 seats") && refused["limit"].number == 4)
            #expect(refused["seat_ids"].items.map(\.number) == [seats[4]])
            #expect(try await platform.client.ask(.delete, "/v1/orders/\(order["id"].text)", token: anna).status == 204)
            #expect(try await Self.order(platform, bert, stage, [seats[4]]).status == 201)
        }
    }

    @Test("The counter sells what a network may not hold, and its orders count for nobody's share")
    func counter() async throws {
        try await Self.with(["SQUATTING_ADDRESS_SHARE": "1"]) { platform, stage, seats in
            let anna = try await platform.moviegoer("anna")
            #expect(try await Self.order(platform, anna, stage, [seats[0], seats[1]]).code == "address_share_reached")
            for seat in seats.prefix(4) {
                let sold = try await platform.cinema.ask(
                    .post, "/v1/orders", token: stage.merchant.token,
                    json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(seat)]}"#)
                #expect(sold.status == 201, "\(sold.body)")
            }
            let blocks = try await platform.pool.row("SELECT count(address_block) AS count FROM orders") { try $0["count"] as Int }
            #expect(blocks == 0)
        }
    }

    // MARK: A contact

    @Test("A second unpaid order needs a proved contact, but only where codes are sent")
    func contact() async throws {
        try await Self.with(Platform.sendingCodes) { platform, stage, seats in
            let anna = try await platform.moviegoer("anna")
            #expect(try await Self.order(platform, anna, stage, [seats[0]]).status == 201)
            let refused = try await Self.order(platform, anna, stage, [seats[1]])
            #expect(refused.status == 409)
            #expect(refused.code == "contact_needed")
            let asked = try await platform.client.ask(
                .post, "/v1/me/one-time-codes", token: anna, json: #"{"email": "anna@example.org"}"#)
            let proved = try await platform.client.ask(
                .patch, "/v1/me", token: anna,
                json: #"{"email": "anna@example.org", "password": "\#(Platform.password)", \#(try await platform.proof(asked))}"#)
            #expect(proved.status == 200, "\(proved.body)")
            #expect(try await Self.order(platform, anna, stage, [seats[1]]).status == 201)
        }
        try await Self.with { platform, stage, seats in
            let anna = try await platform.moviegoer("anna")
            for seat in seats.prefix(2) { #expect(try await Self.order(platform, anna, stage, [seat]).status == 201) }
        }
    }

    // MARK: Pauses

    @Test("A buyer whose orders lapse is paused and told for how long; other buyers' paid orders go on")
    func pause() async throws {
        try await Self.with { platform, stage, seats in
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            for seat in seats.prefix(2) { #expect(try await Self.order(platform, anna, stage, [seat]).status == 201) }
            try await platform.pool.execute("UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '1 second'")
            let refused = try await Self.order(platform, anna, stage, [seats[2]])
            #expect(refused.status == 429)
            #expect(refused.code == "holds_paused")
            let seconds = try #require(Int(refused.headers[.retryAfter] ?? ""))
            #expect((1...300).contains(seconds))
            #expect(try await Self.order(platform, bert, stage, [seats[2]]).status == 201)
        }
    }

    @Test("The switch of the limits of rate turns all of it off")
    func switchedOff() async throws {
        let strict = ["SQUATTING_ADDRESS_SHARE": "1", "SQUATTING_CHALLENGE_SHARE": "0", "RATE_LIMITS_ENABLED": "false"]
        try await Self.with(strict.merging(Platform.sendingCodes) { $1 }) { platform, stage, seats in
            let anna = try await platform.moviegoer("anna")
            for seat in seats.prefix(2) { #expect(try await Self.order(platform, anna, stage, [seat]).status == 201) }
            try await platform.pool.execute("UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '1 second'")
            for seat in seats.prefix(3) { #expect(try await Self.order(platform, anna, stage, [seat]).status == 201) }
        }
    }
}
