import Testing

@testable import Shared

@Suite("Throttling of sign-ins")
struct SignInThrottleTests {
    let throttle = SignInThrottle(
        login: SignInThrottle.Rule(free: 3, first: .seconds(1), longest: .seconds(8), memory: .seconds(100)),
        address: SignInThrottle.Rule(free: 10, first: .seconds(1), longest: .seconds(4), memory: .seconds(100)),
        capacity: 1000
    )
    let start = ContinuousClock.now

    @Test("The delay doubles from try to try up to its longest")
    func delays() {
        let rule = SignInThrottle.Rule(free: 3, first: .seconds(1), longest: .seconds(8), memory: .seconds(100))
        #expect([0, 1, 2, 3, 4, 5, 6, 7, 1000].map(rule.delay) == [0, 0, 0, 1, 2, 4, 8, 8, 8].map { .seconds($0) })
    }

    @Test("Some wrong passwords are free, then one must wait, and is told how long")
    func waiting() throws {
        for _ in 0..<3 { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) }
        #expect(throws: Refusal.signInThrottled(seconds: 2)) { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) }
        try throttle.begin(login: "anna", address: "1.1.1.1", at: start + .seconds(1))
        #expect(throws: Refusal.signInThrottled(seconds: 2)) {
            try throttle.begin(login: "anna", address: "1.1.1.1", at: start + .milliseconds(1100))
        }
        try throttle.begin(login: "anna", address: "1.1.1.1", at: start + .seconds(3))
    }

    @Test("A refused try doesn't lengthen the wait")
    func refusedTries() throws {
        for _ in 0..<3 { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) }
        for _ in 0..<100 { #expect(throws: Refusal.self) { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) } }
        try throttle.begin(login: "anna", address: "1.1.1.1", at: start + .seconds(1))
    }

    @Test("Nobody is locked out from another address")
    func otherAddress() throws {
        for second in 0..<200 { try? throttle.begin(login: "anna", address: "6.6.6.6", at: start + .seconds(second)) }
        try throttle.begin(login: "anna", address: "1.1.1.1", at: start + .seconds(200))
    }

    @Test("The right password clears the login's count at this address, and only its own try of the address's")
    func success() throws {
        for _ in 0..<3 { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) }
        throttle.takeBack(login: "anna", address: "1.1.1.1", right: true, at: start)
        for _ in 0..<3 { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) }
        #expect(throws: Refusal.self) { try throttle.begin(login: "anna", address: "1.1.1.1", at: start) }
        for number in 0..<5 { try throttle.begin(login: "other\(number)", address: "1.1.1.1", at: start) }
        #expect(throws: Refusal.self) { try throttle.begin(login: "yet another", address: "1.1.1.1", at: start) }
    }

    @Test("An attacker's own account doesn't buy guesses at others'")
    func ownAccountBuysNothing() throws {
        var guesses = 0
        for number in 0..<100 {
            if (try? throttle.begin(login: "victim\(number)", address: "6.6.6.6", at: start)) != nil { guesses += 1 }
            if (try? throttle.begin(login: "attacker", address: "6.6.6.6", at: start)) != nil {
                throttle.takeBack(login: "attacker", address: "6.6.6.6", right: true, at: start)
            }
        }
        #expect(guesses <= 10)
    }

    @Test("A hundred at the same moment don't slip through before the first is known to be wrong")
    func parallel() async {
        let throttle = throttle
        let start = start
        let begun = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { (try? throttle.begin(login: "anna", address: "1.1.1.1", at: start)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(begun == 3)
    }

    @Test("What wasn't looked at doesn't count")
    func takenBack() throws {
        for _ in 0..<100 {
            try throttle.begin(login: "anna", address: "1.1.1.1", at: start)
            throttle.takeBack(login: "anna", address: "1.1.1.1", right: false, at: start)
        }
    }

    @Test("Everything is forgotten after a while")
    func forgotten() throws {
        for second in 0..<50 { try? throttle.begin(login: "anna", address: "1.1.1.1", at: start + .seconds(second)) }
        for _ in 0..<3 { try throttle.begin(login: "anna", address: "1.1.1.1", at: start + .seconds(200)) }
    }
}
