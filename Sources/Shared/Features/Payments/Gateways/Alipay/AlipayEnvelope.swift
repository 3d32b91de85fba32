import Foundation

/// An answer of the gateway as it is sent: an object that holds the answer's own object and the signature over its bytes.
///
/// The signature covers the bytes exactly as they came, braces included. So they are cut out of the body, and never written anew.
package struct AlipayEnvelope: Sendable {
    /// The bytes of the answer's object.
    package let content: [UInt8]
    /// The signature, base64.
    package let signature: String
    /// The certificate whose key made the signature; `nil` when the answer doesn't name it.
    package let certificateSN: String?

    /// - Parameter interface: the method that was called; the answer stands under its name with `_` for `.` and `_response` after it, or under
    ///   `error_response`.
    /// - Throws: ``GatewayFailure/untrusted(reason:)`` for anything else, also when one of the names occurs twice.
    package init(_ body: [UInt8], interface: String) throws {
        guard let members = JSONObjectMembers(body) else { throw GatewayFailure.untrusted(reason: "The answer is not a JSON object.") }
        let names = [interface.replacing(".", with: "_") + "_response", "error_response"]
        let contents = members.ranges.filter { names.contains($0.name) }
        let signatures = members.ranges.filter { $0.name == "sign" }
        guard contents.count == 1, body[contents[0].value].first == UInt8(ascii: "{") else {
            throw GatewayFailure.untrusted(reason: "The answer has no content under the expected name.")
        }
        guard signatures.count == 1, let signature = JSONObjectMembers.string(body[signatures[0].value]) else {
            throw GatewayFailure.untrusted(reason: "The answer has no signature.")
        }
        let numbers = members.ranges.filter { $0.name == "alipay_cert_sn" }
        guard numbers.count <= 1 else { throw GatewayFailure.untrusted(reason: "The answer names two certificates.") }
        certificateSN = numbers.first.flatMap { JSONObjectMembers.string(body[$0.value]) }
        content = Array(body[contents[0].value])
        self.signature = signature
    }
}

/// The positions of the values of a JSON object's members in its bytes. Braces and quotes inside of strings are recognised as text.
struct JSONObjectMembers {
    private(set) var ranges: [(name: String, value: Range<Int>)] = []

    private let bytes: [UInt8]
    private var position = 0

    /// `nil` when the bytes are not one object. The values are only located; the decoder checks their content.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return nil }
        skipSpace()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard let name = skipString().flatMap({ Self.string(bytes[$0]) }) else { return nil }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return nil }
                skipSpace()
                guard let value = skipValue() else { return nil }
                ranges.append((name, value))
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return nil }
        }
        skipSpace()
        guard position == bytes.count else { return nil }
    }

    /// The text of a JSON string, quotes included.
    static func string(_ bytes: ArraySlice<UInt8>) -> String? {
        try? JSONDecoder().decode(String.self, from: Data(bytes))
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func skipString() -> Range<Int>? {
        let start = position
        guard take(UInt8(ascii: "\"")) else { return nil }
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "\"") { return start..<position }
            if byte == UInt8(ascii: "\\") { position += 1 }
        }
        return nil
    }

    private mutating func skipValue() -> Range<Int>? {
        let start = position
        switch next {
        case UInt8(ascii: "\""):
            return skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""):
                    guard skipString() != nil else { return nil }
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                default:
                    break
                }
                position += 1
                if depth == 0 { return start..<position }
            }
            return nil
        default:
            while let byte = next, ![UInt8(ascii: ","), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
            return position > start ? start..<position : nil
        }
    }
}
