import TestSupport
import Testing

@testable import Shared

@Suite("QR codes", .inTurn)
struct QRCodeTests {
    @Test("Of every length that fits, other people's libraries read the text, and draw the very same modules")
    func oracle() async throws {
        // The longest text of each version, and one byte more than the version before holds.
        let longest = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412]
        let lengths = longest + longest.dropLast().map { $0 + 1 } + [1, 33]
        let characters = Array("qr_0aZ9/?")
        var texts = lengths.map { length in String((0..<length).map { characters[$0 * 5 % 9] }) }
        texts += ["票务 🎬", OneTimeSecret(.qr).text]
        let codes = try texts.map { try #require(QRCode($0)) }
        #expect(codes.prefix(15).map(\.version) == Array(1...15))
        let order = Order(codes: zip(texts, codes).map { .init(text: $0, svg: $1.svg, version: $1.version, mask: $1.mask) })
        let answer = try await Oracle.python("qr_oracle.py", order, as: Answer.self, in: .identity)
        #expect(answer.read == texts)
        #expect(answer.same == texts.map { _ in true })
    }

    @Test("A text that doesn't fit into version 15 isn't drawn")
    func tooLong() {
        #expect(QRCode(String(repeating: "a", count: 413)) == nil)
    }

    private struct Order: Encodable {
        struct Code: Encodable {
            let text: String
            let svg: String
            let version: Int
            let mask: Int
        }

        let codes: [Code]
    }

    private struct Answer: Decodable {
        let read: [String?]
        let same: [Bool]
    }
}
