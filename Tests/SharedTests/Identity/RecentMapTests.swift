import Testing

@testable import Shared

@Suite("Maps that forget")
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

    @Test("What is asked for again and again stays")
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

    @Test("A principal is believed for its lifetime, counted from the question, and forgotten on demand")
    func principals() {
        let cache = PrincipalCache(lifetime: .seconds(1), capacity: 10)
        let principal = Principal(accountID: 7, realm: .client, merchantID: nil, permission: .read, sessionID: 1)
        let start = ContinuousClock.now
        #expect(cache.principal(forSHA256: [1], at: start) == nil)
        cache.keep(principal, forSHA256: [1], readAt: start)
        cache.keep(nil, forSHA256: [2], readAt: start)
        #expect(cache.principal(forSHA256: [1], at: start + .milliseconds(999)) == .some(.some(principal)))
        #expect(cache.principal(forSHA256: [2], at: start + .milliseconds(999)) == .some(nil))
        #expect(cache.principal(forSHA256: [1], at: start + .seconds(1)) == nil)
        cache.forget(accountID: 8)
        #expect(cache.principal(forSHA256: [1], at: start) != nil)
        cache.forget(accountID: 7)
        #expect(cache.principal(forSHA256: [1], at: start) == nil)
    }
}
