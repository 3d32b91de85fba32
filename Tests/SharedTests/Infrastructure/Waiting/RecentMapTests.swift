import Callers
import Testing

@testable import Shared

@Suite("Maps that keep what is recent")
struct RecentMapTests {
    @Test("There are never more entries than the capacity, and the last are among them")
    func bounded() {
        var map = RecentMap<Int, Int>(capacity: 100)
        for number in 0..<10_000 {
            map[number] = number
            #expect(map.count <= 100)
        }
        for number in 9_950..<10_000 { #expect(map[number] == number) }
        #expect(map[0] == nil)
    }

    @Test("An entry that is asked for again and again stays")
    func recent() {
        var map = RecentMap<Int, String>(capacity: 10)
        map[-1] = "kept"
        for number in 0..<1000 {
            map[number] = "other"
            #expect(map[-1] == "kept")
        }
    }

    @Test("Entries are replaced and removed")
    func changing() {
        var map = RecentMap<Int, Int>(capacity: 4)
        for number in 0..<4 { map[number] = number }
        map[0] = 10
        #expect(map[0] == 10)
        map[0] = nil
        #expect(map[0] == nil)
        map.removeAll { $0 == 3 }
        #expect(map[3] == nil)
        #expect(map[2] == 2)
    }

    @Test("A principal is believed for its lifetime, counted from the question, kept after it, and removed on demand")
    func principals() {
        let cache = PrincipalCache(lifetime: .seconds(1), capacity: 10)
        let principal = Principal(accountID: 7, realm: .client, merchantID: nil, permission: .read, sessionID: 1)
        let (known, nobody) = (Token(realm: .client).digest, Token(realm: .client).digest)
        let start = ContinuousClock.now
        #expect(cache.principal(for: known, at: start) == nil)
        cache.insert(principal, for: known, readAt: start)
        cache.insert(nil, for: nobody, readAt: start)
        #expect(cache.principal(for: known, at: start + .milliseconds(999)) == .some(.some(principal)))
        #expect(cache.principal(for: nobody, at: start + .milliseconds(999)) == .some(nil))
        #expect(cache.principal(for: known, at: start + .seconds(1)) == nil)
        #expect(cache.outdatedPrincipal(for: known, at: start + .seconds(599)) == principal)
        #expect(cache.outdatedPrincipal(for: known, at: start + .seconds(600)) == nil)
        #expect(cache.outdatedPrincipal(for: nobody, at: start) == nil)
        cache.remove(accountID: 8, at: start + .seconds(1))
        #expect(cache.principal(for: known, at: start) != nil)
        cache.remove(accountID: 7, at: start + .seconds(1))
        #expect(cache.principal(for: known, at: start) == nil)
        #expect(cache.outdatedPrincipal(for: known, at: start) == nil)
    }

    @Test("A look-up that began before an account, or everybody, was removed doesn't count when it ends")
    func crossing() {
        let cache = PrincipalCache(lifetime: .seconds(1), capacity: 10)
        let principal = Principal(accountID: 7, realm: .client, merchantID: nil, permission: .read, sessionID: 1)
        let token = Token(realm: .client).digest
        let start = ContinuousClock.now
        cache.remove(accountID: 7, at: start + .milliseconds(1))
        cache.insert(principal, for: token, readAt: start)
        #expect(cache.principal(for: token, at: start) == nil)
        cache.insert(principal, for: token, readAt: start + .milliseconds(2))
        #expect(cache.principal(for: token, at: start + .milliseconds(2)) != nil)
        cache.removeAll(at: start + .milliseconds(3))
        #expect(cache.principal(for: token, at: start + .milliseconds(3)) == nil)
        cache.insert(principal, for: token, readAt: start + .milliseconds(2))
        #expect(cache.outdatedPrincipal(for: token, at: start) == nil)
    }
}
