import SwiftASN1
import Text

/// The name of a certificate's issuer as RFC 2253 writes it, the last part first: `CN=Root,OU=Trust,O=Example,C=CN`.
struct DistinguishedName: CustomStringConvertible {
    let description: String

    /// The types that have a word of their own; others are written as numbers.
    private static let words = [
        "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU",
        "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
    ]

    /// - Throws: ``CertificateMalformed``, and what the parser throws.
    init(_ name: ASN1Node) throws {
        description = try name.elements(0).reversed()
            .map { part in try part.elements(1).map(Self.assertion).joined(separator: "+") }
            .joined(separator: ",")
    }

    private static func assertion(_ node: ASN1Node) throws -> String {
        let parts = try node.elements(2)
        let type = try parts[0].objectIdentifier()
        guard let word = words[type], let value = text(parts[1]) else {
            return "\(type)=#" + parts[1].encodedBytes.hexadecimal
        }
        return "\(word)=\(escaped(value))"
    }

    /// The text of the kinds of strings whose bytes are UTF-8 or ASCII.
    private static func text(_ node: ASN1Node) -> String? {
        let kinds: [ASN1Identifier] = [.utf8String, .printableString, .ia5String, .numericString, .visibleString]
        guard kinds.contains(node.identifier), case .primitive(let bytes) = node.content else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for (index, character) in value.unicodeScalars.enumerated() {
            let isAtAnEnd = index == 0 || index == value.unicodeScalars.count - 1
            if ",+\"\\<>;".unicodeScalars.contains(character) || (character == " " && isAtAnEnd) || (character == "#" && index == 0) {
                text += "\\"
            }
            text.unicodeScalars.append(character)
        }
        return text
    }
}
