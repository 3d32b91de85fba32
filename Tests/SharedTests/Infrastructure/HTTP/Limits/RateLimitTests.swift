import Callers
import HTTPTypes
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing
import Text

@testable import HTTP

@Suite("Rate limits", .inTurn)
struct RateLimitTests {
    /// Nanoseconds that a test sets.
    final class Hand: Sendable {
        let nanoseconds = Atomic<Int64>(0)

        func pass(seconds: Double) {
            nanoseconds.wrappingAdd(Int64(seconds * 1e9), ordering: .relaxed)
        }
    }

    private func limiter(_ hand: Hand, requests: Int = 3, seconds: Int = 30, maximumBuckets: Int = 100) -> RateLimiter {
        RateLimiter(
            RateLimitConfiguration(classes: [.read: RateLimit(requests: requests, seconds: seconds)]), maximumBuckets: maximumBuckets,
            now: { hand.nanoseconds.load(ordering: .relaxed) })
    }

    @Test("The allowance is used up, and comes back evenly")
    func bucket() throws {
        let hand = Hand()
        let limiter = limiter(hand)
        let key = RateLimitKey.account(1)
        for remaining in [2, 1, 0] {
            let quota = try #require(limiter.take(.read, key))
            #expect(!quota.isExceeded && quota.remaining == remaining)
        }
        let over = try #require(limiter.take(.read, key))
        #expect(over.isExceeded && over.retryAfter == 10 && over.state == #""read";r=0;t=30"# && over.policy == #""read";q=3;w=30"#)
        #expect(limiter.take(.read, .account(2))?.isExceeded == false)
        hand.pass(seconds: 9.9)
        #expect(limiter.take(.read, key)?.isExceeded == true)
        hand.pass(seconds: 0.2)
        #expect(limiter.take(.read, key)?.isExceeded == false)
        #expect(limiter.take(.read, key)?.isExceeded == true)
        hand.pass(seconds: 1_000)
        #expect(limiter.take(.read, key)?.remaining == 2)
    }

    @Test("A flood of callers does not take more memory than allowed, and the limiter goes on limiting")
    func flood() {
        let limiter = limiter(Hand(), maximumBuckets: 100)
        for id in 0..<10_000 { _ = limiter.take(.read, .account(Int64(id))) }
        #expect(limiter.bucketCount <= 100)
        let exceeded = (0..<4).map { _ in limiter.take(.read, .address(AddressBlock(of: "::1")))?.isExceeded }
        #expect(exceeded == [false, false, false, true])
    }

    @Test("Making room costs little for each caller, also while only few buckets become full again")
    func steadyFlood() {
        let hand = Hand()
        // A bucket is full again after ten seconds: when a thousand are there, just the oldest is.
        let limiter = limiter(hand, maximumBuckets: 1_000)
        var clearings = 0
        for id in 0..<20_000 {
            hand.pass(seconds: 0.01002)
            let before = limiter.bucketCount
            _ = limiter.take(.read, .account(Int64(id)))
            if limiter.bucketCount <= before { clearings += 1 }
        }
        #expect((1...50).contains(clearings), "Each of them looks at all buckets, and half of those are new ones.")
    }

    @Test(
        "One client has a whole block of addresses of version 6, and one address of version 4, however it is written",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false), ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true),
            ("2001:db8::1", "2001:DB8:0:0:a::1", true), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", true),
            ("::1:2:3:4:5", "0:0:0:1::", true),
            ("1::", "1:0:0:0:9:9:9:9", true), ("1::2", "::1:0:0:2", false), ("::1:2:3:4:5:6:7", "0:1:2:3::", true),
            ("2001:db8::1", "2001:db8:0:1::1", false), ("::1", "::1:ffff:192.0.2.1", true),
            ("::1", "0.0.0.0", false), ("local", "local", true), ("local", "::1", false),
        ])
    func blocks(one: String, other: String, isSame: Bool) {
        #expect((AddressBlock(of: one) == AddressBlock(of: other)) == isSame)
    }

    @Test("A client that changes between the blocks of a site of version 6 has as much as sixteen clients; other sites lose nothing")
    func sites() throws {
        let limiter = limiter(Hand(), requests: 2)
        func take(_ address: String) throws -> Quota { try #require(limiter.take(.read, address: address, RateLimitKey.address)) }
        for block in 0..<16 {
            for _ in 0..<2 { #expect(try !take("2001:db8:0:\(block)::1").isExceeded) }
            // What the client's own allowance refuses is not taken off the site's.
            for _ in 0..<20 { #expect(try take("2001:db8:0:\(block)::1").isExceeded) }
        }
        let over = try take("2001:db8:0:ffff::1")
        #expect(over.isExceeded && over.policy == #""read";q=32;w=30"#)
        #expect(try !take("2001:db8:1::1").isExceeded)
        // What the site's allowance refuses is not taken off the client's own.
        #expect(limiter.take(.read, .address(AddressBlock(of: "2001:db8:0:ffff::1")))?.remaining == 1)
    }

    @Test("Answers tell the allowance, and the one too many is a 429 with Retry-After")
    func answers() async throws {
        let limits = RateLimitConfiguration(classes: [
            .read: RateLimit(requests: 2, seconds: 60), .write: RateLimit(requests: 1, seconds: 60),
        ])
        try await ExampleService.with(rateLimits: limits) { client in
            let policy = try #require(HTTPField.Name("RateLimit-Policy"))
            let state = try #require(HTTPField.Name("RateLimit"))
            let first = try await client.send(.get, "/v1/films")
            #expect(first.headers[policy] == #""read";q=2;w=60"#)
            #expect(first.headers[state] == #""read";r=1;t=30"#)
            _ = try await client.send(.get, "/v1/films")
            let over = try await client.send(.get, "/v1/films?nonsense=1")
            #expect(over.status == .tooManyRequests && over.code == "quota_exceeded")
            // Half a minute, less what has passed since the first.
            #expect((1...30).contains(over.headers[.retryAfter].flatMap { Int($0) } ?? 0))
            #expect(over.json["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded")
            #expect(try await client.send(.get, "/livez").status == .ok)
            #expect(try await client.send(.post, "/v1/films", token: "may-2", json: "{}").status.code == 422)
            #expect(try await client.send(.post, "/v1/films", token: "may-2", json: "{}").status == .tooManyRequests)
            #expect(try await client.send(.post, "/v1/films", json: "{}").status == .unauthorized)
        }
    }

    @Test("Tokens that are nobody's are counted where they come from: after too many no other is looked up, until one more may come")
    func unknownTokens() async throws {
        let limits = RateLimitConfiguration(classes: [.write: RateLimit(requests: 2, seconds: 60)])
        let (client, server) = (
            RateLimitKey.unknownTokens(AddressBlock(of: "192.0.2.1")), RateLimitKey.address(AddressBlock(of: "192.0.2.1"))
        )
        let limiter = limiter(Hand())
        for isExceeded in [false, false, false, true] {
            #expect(limiter.isExceeded(.read, client) == isExceeded)
            _ = limiter.take(.read, client)
        }
        #expect(!limiter.isExceeded(.read, server))
        try await ExampleService.with(rateLimits: limits) { client in
            for (token, status) in [("no-1", 401), ("may-2", 422), ("no-2", 401), ("no-3", 429), ("may-2", 429)] {
                let answer = try await client.send(.post, "/v1/films", token: token, json: "{}")
                #expect(answer.status.code == status, "\(token)")
            }
        }
    }

    @Test(
        "Behind a trusted proxy the limit holds for the address that the proxy names, and for nobody else's word",
        arguments: ["127.0.0.1", "::ffff:127.0.0.1", "127.0.0.0/8"])
    func proxies(proxy: String) async throws {
        var configuration = HTTPConfiguration()
        configuration.trustedProxies = try [proxy, "::1"].map { try #require(NetworkRange($0)) }
        let limits = RateLimitConfiguration(classes: [.read: RateLimit(requests: 1, seconds: 60)])
        let forwarded = try #require(HTTPField.Name("X-Forwarded-For"))
        try await ExampleService.with(.live, configuration: configuration, rateLimits: limits) { client in
            for (addresses, status) in [
                ("198.51.100.7", 200), ("198.51.100.7", 429), ("9.9.9.9, 198.51.100.7", 429), ("198.51.100.8", 200),
                ("2001:db8::1", 200), ("2001:db8::2", 429), ("2001:db8:0:1::1", 200), ("::ffff:198.51.100.8", 429),
            ] {
                let answer = try await client.send(.get, "/v1/films", headers: [forwarded: addresses])
                #expect(answer.status.code == status, "\(addresses)")
            }
        }
        try await ExampleService.with(.live, rateLimits: limits) { client in
            for (addresses, status) in [("198.51.100.7", 200), ("198.51.100.8", 429)] {
                let answer = try await client.send(.get, "/v1/films", headers: [forwarded: addresses])
                #expect(answer.status.code == status, "\(addresses)")
            }
        }
    }
}
