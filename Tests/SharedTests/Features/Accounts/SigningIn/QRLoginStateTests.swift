import Testing

@testable import Shared

@Suite("How a sign-in by QR code may go")
struct QRLoginStateTests {
    @Test("Every event has one state before it, and nothing leads out of a state that is over")
    func machine() {
        for event in QRLoginEvent.allCases {
            #expect(!event.source.isOver)
            #expect(event.source != event.target)
        }
        #expect(QRLoginEvent.allCases.filter { $0.target == .consumed } == [.collect])
    }

    @Test("The only way to a session leads over a scan and an approval")
    func onlyWay() {
        var way: [QRLoginState] = [.consumed]
        while let event = QRLoginEvent.allCases.first(where: { $0.target == way.first }) { way.insert(event.source, at: 0) }
        #expect(way == [.new, .scanned, .approved, .consumed])
    }

    @Test("The number on the device is among those that the phone offers, which all differ")
    func numbers() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let numbers = MatchNumbers(using: &generator)
            #expect(numbers.offered.contains(numbers.shown))
            #expect(Set(numbers.offered).count == 3)
            #expect(numbers.offered.allSatisfy { (10...99).contains($0) })
        }
    }

    @Test("Secrets aren't printed, differ, and derive others that tell nothing of them")
    func secrets() {
        let (one, other) = (OneTimeSecret(.browser), OneTimeSecret(.browser))
        #expect(one.text != other.text)
        #expect("\(one) \(String(reflecting: one))".contains(one.text) == false)
        #expect(one.derived("nonce") != one.derived("code_verifier"))
        #expect(one.derived("nonce") == OneTimeSecret(attempt: one.text).derived("nonce"))
        // RFC 7636 §4.1: 43 to 128 unreserved characters.
        #expect(one.derived("code_verifier").wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil)
    }
}
