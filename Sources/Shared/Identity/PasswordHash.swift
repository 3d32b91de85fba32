import Foundation

/// A password's scrypt hash with all that is needed to check it, in the PHC string format:
/// `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`, salt and hash in base64 without padding.
package struct PasswordHash: Hashable, Sendable {
    /// What stands in the place of a hash where there is no password; it is no hash, so nothing matches it.
    static let absent = "!"

    let parameters: ScryptParameters
    let salt: [UInt8]
    let hash: [UInt8]

    init(parameters: ScryptParameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Reads what ``text`` wrote; `nil` for anything else, and for parameters beyond any that we would ever compute with.
    package init?(_ text: String) {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        guard
            fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt",
            let parameters = ScryptParameters(String(fields[2])),
            let salt = Self.bytes(base64: String(fields[3])), salt.count >= 8,
            let hash = Self.bytes(base64: String(fields[4])), hash.count >= 16
        else { return nil }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    package var text: String {
        "$scrypt$\(parameters.text)$\(Self.base64(salt))$\(Self.base64(hash))"
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func bytes(base64 text: String) -> [UInt8]? {
        guard text.utf8.count <= 128, !text.contains("=") else { return nil }
        return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)).map(Array.init)
    }
}

extension PasswordHash: CustomStringConvertible {
    /// The parameters only: hashes don't belong in logs either.
    package var description: String { "$scrypt$\(parameters.text)$…" }
}
