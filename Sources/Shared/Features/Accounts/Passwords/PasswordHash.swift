import Text

/// A password's hash with all that is needed to check it, in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, or
/// `$scrypt$ln=14,r=8,p=5$<salt>$<hash>` from before; salt and hash in base64 without padding.
package struct PasswordHash: Hashable, Sendable {
    /// Stands in place of a hash where there is no password. It is no hash, so no password matches it.
    static let absent = "!"

    let function: PasswordFunction
    let salt: [UInt8]
    let hash: [UInt8]

    init(function: PasswordFunction, salt: [UInt8], hash: [UInt8]) {
        self.function = function
        self.salt = salt
        self.hash = hash
    }

    /// Reads what ``text`` wrote; `nil` for anything else, and for a cost beyond any that we would ever compute with.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let fields = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard
            let function = PasswordFunction(fields: Array(fields.dropLast(2))),
            let salt = UnpaddedBase64.decode(fields[fields.count - 2]), (8...64).contains(salt.count),
            let hash = UnpaddedBase64.decode(fields[fields.count - 1]), (16...64).contains(hash.count)
        else { return nil }
        self.init(function: function, salt: salt, hash: hash)
        // One hash has one spelling: no signs, no leading zeros, no loose bits at the end of its base64.
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    package var text: String {
        "\(function.text)$\(UnpaddedBase64.encode(salt))$\(UnpaddedBase64.encode(hash))"
    }

    /// In bytes; none of ours comes near it.
    private static let maximumLength = 256
}

extension PasswordHash: CustomStringConvertible {
    /// The function and its cost only: hashes don't belong in logs either.
    package var description: String { "\(function.text)$…" }
}
