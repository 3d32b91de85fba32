import Callers
import Testing
import Waiting

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

    @Test("Costs are bounded as a number is, and what is only looked at doesn't stay for it")
    func costs() {
        var map = RecentMap<Int, String>(capacity: 100)
        for number in 0..<1000 {
            map.store("x", for: number, cost: 1 + number % 30)
            #expect(map.cost <= 100 && map.peek(number) == "x")
        }
        map = RecentMap(capacity: 10)
        map.store("looked at", for: -1)
        map.store("asked for", for: -2)
        for number in 0..<20 {
            map.store("other", for: number)
            _ = map.peek(-1)
            _ = map[-2]
        }
        #expect(map.peek(-1) == nil && map.peek(-2) == "asked for")
        // A value that costs another sum replaces the former one's.
        map = RecentMap(capacity: 100)
        var generations = [map.store("a", for: 1, cost: 10), map.store("b", for: 1, cost: 20)]
        #expect(map.cost == 20 && map.count == 1)
        generations.append(map.store("c", for: 2, cost: 1, beginsGeneration: true))
        #expect(generations == [false, false, true] && map.peek(1) == "b" && map.cost == 21)
        let asked = map[1]
        #expect(asked == "b" && map.cost == 21)
        map[1] = nil
        map[2] = nil
        #expect(map.cost == 0 && map.count == 0)
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
