import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("One-time codes")
struct OneTimeCodeTests {
    private static let phone = "13800138000"

    private func signIn(
        _ code: CodeAttempt, _ phone: String = phone, with fixture: AccountsFixture, realm: Realm = .client,
        from address: String = "1.1.1.1"
    ) async throws -> SignedIn {
        try await fixture.accounts.signIn.signIn(
            destination: CodeDestination(phone: phone, email: nil), code: code, realm: realm, address: address)
    }

    /// Expects that too many codes were asked for.
    ///
    /// - Parameter limit: what is told of how many there may be.
    /// - Returns: after how many seconds another one may be.
    @discardableResult
    private func expectLimit(
        _ limit: Int = 10, _ ask: () async throws -> Void, at location: SourceLocation = #_sourceLocation
    ) async -> Int {
        let refusal = await #expect(throws: Refusal.self, sourceLocation: location) { try await ask() }
        #expect(refusal?.code == "code_limit_reached" && refusal?["limit"] == .number(Int64(limit)), sourceLocation: location)
        guard case .tooOften(let seconds) = refusal?.kind else { return 0 }
        return seconds
    }

    /// The same request with another code.
    private func another(_ attempt: CodeAttempt, code: String? = nil) -> CodeAttempt {
        CodeAttempt(requestID: attempt.request.text, code: code ?? (attempt.code == "000000" ? "000001" : "000000"))
    }

    @Test("A code signs in once")
    func once() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let anna = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            let code = try await fixture.code(.signIn, to: Self.phone)
            let signedIn = try await signIn(code, with: fixture)
            #expect(signedIn.account.id == anna.account.id)
            #expect(try await fixture.principal(of: signedIn) != nil)
            await #expect(throws: Refusal.signInCodeWrong) { _ = try await signIn(code, with: fixture) }
            let methods: [String] = try await pool.rows("SELECT method FROM sessions ORDER BY id") { try $0["method"] }
            #expect(methods == ["sign_up", "code"])
        }
    }

    @Test("Wrong, late, for something else, for another realm, number or request: refused")
    func refused() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            _ = try await fixture.signUp("bella", phone: "13800138001", verified: true)
            let reset = try await fixture.code(.resetPassword, to: Self.phone)
            let code = try await fixture.code(.signIn, to: Self.phone)
            let bellas = try await fixture.code(.signIn, to: "13800138001")
            let wrong = [
                another(code), another(code, code: ""), another(code, code: "x"), reset, bellas,
                CodeAttempt(requestID: "", code: code.code),
            ]
            for (number, attempt) in wrong.enumerated() {
                await #expect(throws: Refusal.signInCodeWrong) { _ = try await signIn(attempt, with: fixture, from: "2.2.2.\(number)") }
            }
            if bellas.code != code.code {
                await #expect(throws: Refusal.signInCodeWrong) {
                    _ = try await signIn(another(bellas, code: code.code), "13800138001", with: fixture, from: "3.3.3.3")
                }
            }
            await #expect(throws: Refusal.signInCodeWrong) { _ = try await signIn(code, with: fixture, realm: .cinema) }
            try await fixture.passTime("5 minutes")
            await #expect(throws: Refusal.signInCodeWrong) { _ = try await signIn(code, with: fixture, from: "4.4.4.4") }
            await #expect(throws: Refusal.signInCodeWrong) { _ = try await signIn(bellas, "13800138001", with: fixture) }
        }
    }

    @Test("After five tries even the right code is worth nothing; a stranger's tries and requests are another request's")
    func tries() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            let code = try await fixture.code(.signIn, to: Self.phone)
            try await fixture.passTime("61 seconds")
            let strangers = try await fixture.code(.signIn, to: Self.phone, from: "6.6.6.6")
            for number in 0..<5 {
                await #expect(throws: Refusal.signInCodeWrong) {
                    _ = try await signIn(another(strangers), with: fixture, from: "2.2.2.\(number)")
                }
            }
            await #expect(throws: Refusal.signInCodeWrong) { _ = try await signIn(strangers, with: fixture, from: "3.3.3.3") }
            // A hundred and more that name the number alone, as many as would slow strangers down together.
            for number in 0..<110 {
                await #expect(throws: Refusal.self) {
                    _ = try await signIn(CodeAttempt(requestID: "request_none", code: "123456"), with: fixture, from: "7.7.\(number).7")
                }
            }
            _ = try await signIn(code, with: fixture, from: "6.6.6.6")
        }
    }

    @Test("Codes requested for one purpose use up nothing of another purpose's allowance")
    func purposes() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.codes.dailyPerDestination = 2
            configuration.codes.pause = .zero
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            let anna = try #require(try await fixture.principal(of: fixture.signUp("anna", phone: Self.phone, verified: true)))
            let destination = try CodeDestination(phone: Self.phone, email: nil)
            func change() async throws {
                _ = try await pool.withTransaction {
                    try await fixture.accounts.codes.sendForChange(to: destination, of: anna, address: AccountsFixture.address, in: $0)
                }
            }
            for _ in 0..<2 {
                for purpose in [CodePurpose.signIn, .resetPassword] { _ = try await fixture.code(purpose, to: Self.phone) }
                try await change()
            }
            for purpose in [CodePurpose.signIn, .resetPassword] {
                await expectLimit(2) { _ = try await fixture.code(purpose, to: Self.phone) }
            }
            await expectLimit(2) { try await change() }
        }
    }

    @Test("Of twenty that come with one code at once, one gets in")
    func race() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            let code = try await fixture.code(.signIn, to: Self.phone)
            let signedIn = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask { (try? await signIn(code, with: fixture, from: "2.2.2.\(number)")) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(signedIn == 1)
        }
    }

    @Test("Another code may be asked for after a minute, and ten in a day; who is nobody is told the same")
    func limits() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            for phone in [Self.phone, "13900139000"] {
                let destination = try CodeDestination(phone: phone, email: nil)
                for number in 0..<10 {
                    let answer = try await fixture.accounts.codes.send(.signIn, to: destination, realm: .client, address: "1.1.1.\(number)")
                    #expect(answer.lifetime == .seconds(300) && answer.pause == .seconds(60))
                    func askAgain() async throws {
                        _ = try await fixture.accounts.codes.send(.signIn, to: destination, realm: .client, address: "1.1.1.1")
                    }
                    if number < 9 {
                        let refusal = await #expect(throws: Refusal.self) { try await askAgain() }
                        #expect(refusal?.code == Refusal.codeTooSoon(seconds: 60).code)
                        // The minute runs on while the test does.
                        if case .tooOften(let seconds) = refusal?.kind { #expect((1...60).contains(seconds)) }
                    } else {
                        // A minute would be in vain.
                        let seconds = await expectLimit { try await askAgain() }
                        #expect(seconds > 80_000)
                    }
                    try await fixture.passTime("61 seconds")
                }
                await expectLimit {
                    _ = try await fixture.accounts.codes.send(.signIn, to: destination, realm: .client, address: "1.1.1.1")
                }
            }
            let codes = try await fixture.codes()
            #expect(codes.prefix(10).allSatisfy { $0 != nil } && codes.suffix(10).allSatisfy { $0 == nil } && codes.count == 20)
            let lengths: [Int] = try await pool.rows("SELECT length(payload->>'sealed') AS length FROM outbox") { try $0["length"] }
            #expect(Set(lengths).count == 1)
        }
    }

    @Test(
        "One address may ask for so many codes in a day, whomever they are for; of version 6 a whole network may",
        arguments: [["6.6.6.6", "6.6.6.6", "1.1.1.1"], ["2001:db8::1", "2001:db8:0:0:f::2", "2001:db8:0:1::1"]])
    func addressLimit(addresses: [String]) async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.codes.dailyPerAddress = 3
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            for number in 0..<3 {
                _ = try await fixture.accounts.codes.send(
                    .signIn, to: CodeDestination(phone: "1390013900\(number)", email: nil), realm: .client, address: addresses[0])
            }
            let next = try CodeDestination(phone: "13900139009", email: nil)
            await expectLimit(3) {
                _ = try await fixture.accounts.codes.send(.signIn, to: next, realm: .client, address: addresses[1])
            }
            _ = try await fixture.accounts.codes.send(.signIn, to: next, realm: .client, address: addresses[2])
        }
    }

    /// Asks for a code to reset a password.
    private func ask(
        _ fixture: AccountsFixture, from address: String, _ phone: String = phone, realm: Realm = .client
    ) async throws {
        let destination = try CodeDestination(phone: phone, email: nil)
        _ = try await fixture.accounts.codes.send(.resetPassword, to: destination, realm: realm, address: address)
    }

    private func withoutPause(_ pool: PostgresPool) -> AccountsFixture {
        var configuration = AccountsConfiguration()
        configuration.codes.pause = .zero
        return AccountsFixture(pool: pool, configuration: configuration)
    }

    @Test("Strangers' requests use up nothing of what the owner has where it signs in, in no realm, nor the other way round")
    func strangers() async throws {
        try await withTestDatabase { pool in
            let fixture = withoutPause(pool)
            // At the fixture's address.
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            for number in 0..<10 { try await ask(fixture, from: "6.6.\(number).6") }
            await expectLimit { try await ask(fixture, from: "7.7.7.7") }
            for realm in [Realm.cinema, .admin] { try await ask(fixture, from: "7.7.7.7", realm: realm) }
            for _ in 0..<10 { try await ask(fixture, from: AccountsFixture.address) }
            await expectLimit { try await ask(fixture, from: AccountsFixture.address) }
            let sent = try await fixture.codes()
            #expect(sent.count == 22 && sent.filter { $0 == nil }.count == 2, "Nobody has the number in the other realms.")
        }
    }

    @Test("One stranger alone doesn't use up what all have")
    func oneStranger() async throws {
        try await withTestDatabase { pool in
            let fixture = withoutPause(pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            for _ in 0..<5 { try await ask(fixture, from: "6.6.6.6") }
            await expectLimit(5) { try await ask(fixture, from: "6.6.6.6") }
            for _ in 0..<5 { try await ask(fixture, from: "7.7.7.7") }
            await expectLimit { try await ask(fixture, from: "8.8.8.8") }
            // For a number that nobody has it is the same.
            for _ in 0..<5 { try await ask(fixture, from: "6.6.6.6", "13900139000") }
            await expectLimit(5) { try await ask(fixture, from: "6.6.6.6", "13900139000") }
        }
    }

    @Test("The networks of one site are one stranger together, and keep an owner of that site from nothing")
    func oneSite() async throws {
        try await withTestDatabase { pool in
            let fixture = withoutPause(pool)
            let signedIn = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            let login = signedIn.account.countedLogin
            try await SignInThrottle().noteOwner(login: login, address: "2001:db8:0:aaaa::1", in: pool)
            for number in 0..<5 { try await ask(fixture, from: "2001:db8:0:\(number)::1") }
            await expectLimit(5) { try await ask(fixture, from: "2001:db8:0:ffff::1") }
            try await ask(fixture, from: "2001:db8:0:aaaa::1")
            for number in 0..<5 { try await ask(fixture, from: "2001:db8:1:\(number)::1") }
            await expectLimit(5) { try await ask(fixture, from: "2001:db8:1:ffff::1") }
            await expectLimit { try await ask(fixture, from: "2001:db8:2::1") }
            for _ in 0..<9 { try await ask(fixture, from: "2001:db8:0:aaaa::1") }
            await expectLimit { try await ask(fixture, from: "2001:db8:0:aaaa::1") }
        }
    }

    @Test("A site may ask for sixteen times what one address may, whomever for")
    func siteLimit() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.codes.dailyPerAddress = 1
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            try await ask(fixture, from: "2001:db8:0:10::1", "13900139010")
            await expectLimit(1) { try await ask(fixture, from: "2001:db8:0:10::1", "13900139099") }
            for number in 11..<26 { try await ask(fixture, from: "2001:db8:0:\(number)::1", "139001390\(number)") }
            await expectLimit(16) { try await ask(fixture, from: "2001:db8:0:ffff::1", "13900139099") }
            try await ask(fixture, from: "2001:db8:1::1", "13900139099")
        }
    }

    @Test("Of twenty that ask at once from twenty networks of one site, as many get a code as one stranger may")
    func siteRace() async throws {
        try await withTestDatabase { pool in
            let fixture = withoutPause(pool)
            let sent = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask { (try? await ask(fixture, from: "2001:db8:0:\(number)::1")) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(sent == 5)
        }
    }

    @Test("The pause after a stranger's request is none of the owner's where it signs in")
    func ownPause() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            try await ask(fixture, from: "6.6.6.6")
            try await ask(fixture, from: AccountsFixture.address)
            for address in ["7.7.7.7", AccountsFixture.address] {
                let refusal = await #expect(throws: Refusal.self) { try await ask(fixture, from: address) }
                #expect(refusal?.code == "code_too_soon")
            }
        }
    }

    @Test("Somebody who has requested too many codes is told when the next one is possible, and gets none before")
    func trueTime() async throws {
        try await withTestDatabase { pool in
            let fixture = withoutPause(pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            // The first is 23 hours and 50 minutes old at the end, the others an hour less each.
            for number in 0..<10 {
                if number > 0 { try await fixture.passTime("1 hour") }
                try await ask(fixture, from: "6.6.\(number).6")
            }
            try await fixture.passTime("890 minutes")
            let seconds = await expectLimit { try await ask(fixture, from: "7.7.7.7") }
            // Some seconds have passed meanwhile.
            #expect((1...600).contains(seconds))
            try await fixture.passTime("\(seconds) seconds")
            try await ask(fixture, from: "7.7.7.7")
            let next = await expectLimit { try await ask(fixture, from: "7.7.7.7") }
            #expect((2_000...3_600).contains(next))
        }
    }

    @Test("Of ten that ask at once, one gets a code")
    func sendingRace() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let destination = try CodeDestination(phone: Self.phone, email: nil)
            let sent = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let answer = try? await fixture.accounts.codes.send(
                            .signIn, to: destination, realm: .client, address: "1.1.1.\(number)")
                        return answer != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(sent == 1)
        }
    }

    @Test("Neither the code nor the number can be read in the database")
    func hidden() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: Self.phone, verified: true)
            let code = try await fixture.code(.signIn, to: Self.phone)
            let text: [String] = try await pool.rows(
                "SELECT row_to_json(o)::text AS text FROM outbox o UNION ALL SELECT row_to_json(c)::text FROM one_time_codes c"
            ) { try $0["text"] }
            #expect(text.count == 2)
            #expect(!text.contains { $0.contains(#""\#(code.code)""#) || $0.contains(code.request.text) || $0.contains(Self.phone) })
        }
    }

    @Test("Codes are six digits, and rarely the same")
    func form() {
        let codes = (0..<1000).map { _ in OneTimeCode().text }
        #expect(codes.allSatisfy { OneTimeCode($0) != nil })
        #expect(Set(codes).count > 950)
        for text in ["", "12345", "1234567", "12345a", "１２３４５６"] { #expect(OneTimeCode(text) == nil) }
    }

    @Test("Without a key or a sender there are none")
    func off() async throws {
        try await withTestDatabase { pool in
            let hasher = AccountsFixture(pool: pool).hasher
            let destination = try CodeDestination(phone: Self.phone, email: nil)
            await #expect(throws: Refusal.secretsMissing) {
                _ = try await Accounts(pool: pool, hasher: hasher).codes.send(.signIn, to: destination, realm: .client, address: "1.1.1.1")
            }
            await #expect(throws: Refusal.messagesOff) {
                _ = try await Accounts(pool: pool, hasher: hasher, secrets: AccountsFixture.secrets)
                    .codes.send(.signIn, to: destination, realm: .client, address: "1.1.1.1")
            }
        }
    }
}
