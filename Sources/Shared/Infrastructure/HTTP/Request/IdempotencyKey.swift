import Crypto
import Text

/// The key that a client sends so that a repeated POST is carried out once (draft-ietf-httpapi-idempotency-key-header-07).
package struct IdempotencyKey: Hashable, Sendable {
    /// 1 to 255 visible ASCII characters and spaces.
    package let key: String
    /// SHA-256 of method, path and body. It shows when another request uses the same key.
    package let fingerprint: [UInt8]

    init(key: String, method: Method, path: String, body: [UInt8]) {
        self.key = key
        var hash = SHA256()
        hash.update(data: Array("\(method.rawValue) \(path)\n".utf8))
        hash.update(data: body)
        fingerprint = Array(hash.finalize())
    }

    /// Reads the header: a structured-field string in quotes, or the bare key.
    ///
    /// - Throws: ``FieldIssue``.
    static func key(fromHeader header: String) throws(FieldIssue) -> String {
        let key = header.utf8.first == UInt8(ascii: "\"") ? unquoted(header) : header
        guard let key, (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw FieldIssue(.header("Idempotency-Key"), "invalid", ["reason": "not_an_idempotency_key"])
        }
        return key
    }

    private static func unquoted(_ header: String) -> String? {
        var characters: [UInt8] = []
        var rest = header.utf8.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return rest.isEmpty ? String(decoding: characters, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else { return nil }
                characters.append(escaped)
            default: characters.append(byte)
            }
        }
        return nil
    }
}
