import Testing

@testable import Shared

@Suite("Codes of authenticator applications")
struct TOTPTests {
    private static let secret = Array("12345678901234567890".utf8)

    @Test(
        "The vectors of RFC 6238, appendix B (SHA-1, the last six digits)",
        arguments: [
            (59.0, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"), (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ]
    )
    func vectors(seconds: Double, code: String) {
        #expect(TOTP.code(secret: Self.secret, step: TOTP.step(at: seconds)) == code)
        #expect(TOTP.step(of: code, secret: Self.secret, at: seconds) == TOTP.step(at: seconds))
    }

    @Test("A code holds in its own step and its neighbours, and no further")
    func window() {
        let step = TOTP.step(at: 1_111_111_111)
        for distance in -3...3 {
            let code = TOTP.code(secret: Self.secret, step: step + Int64(distance))
            #expect((TOTP.step(of: code, secret: Self.secret, at: 1_111_111_111) != nil) == (abs(distance) <= 1))
        }
        for text in ["", "12345", "1234567", "abcdef", "０５０４７１"] {
            #expect(TOTP.step(of: text, secret: Self.secret, at: 1_111_111_111) == nil)
        }
    }

    @Test("The address for a QR code names issuer and account")
    func uri() {
        let uri = TOTP.uri(secret: Self.secret, account: "安娜", issuer: "Piao client")
        #expect(
            uri
                == "otpauth://totp/Piao%20client:%E5%AE%89%E5%A8%9C?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Piao%20client&algorithm=SHA1&digits=6&period=30"
        )
    }

    @Test("Recovery codes are all different, and are read as people type them")
    func recoveryCodes() throws {
        let codes = (0..<100).map { _ in RecoveryCode() }
        #expect(Set(codes).count == 100)
        let code = codes[0]
        #expect(code.text.wholeMatch(of: /([A-Z2-7]{4}-){5}[A-Z2-7]{4}/) != nil, "112 bits and more: 24 characters of 5.")
        #expect(RecoveryCode("abcd efgh-ijkl mnop")?.text == "ABCD-EFGH-IJKL-MNOP", "Those of before are still taken.")
        #expect(RecoveryCode(code.text) == code)
        #expect(RecoveryCode(code.text.lowercased().replacing("-", with: " ")) == code)
        #expect(RecoveryCode(code.text.replacing("-", with: "")) == code)
        for text in ["", "123456", "AAAA-BBBB", "ABCD-EFGH-IJKL-MNOP-QRST", code.text + "A", "0" + code.text.dropFirst()] {
            #expect(RecoveryCode(text) == nil)
        }
    }
}
