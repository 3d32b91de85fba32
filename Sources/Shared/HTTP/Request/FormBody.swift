/// Reads `application/x-www-form-urlencoded` bodies.
enum FormBody {
    /// - Throws: ``Problem`` (400) for broken escapes, text that is not UTF-8, NUL characters, and names that stand twice.
    static func decode(_ bytes: [UInt8]) throws -> [(name: String, value: String)] {
        guard let text = String(validating: bytes, as: UTF8.self), let pairs = PercentEncoding.pairs(text[...]) else {
            throw Problem.malformed("form_invalid", "The form has a broken percent escape or is not UTF-8.")
        }
        guard pairs.count <= 200 else { throw Problem.malformed("form_invalid", "The form has too many fields.") }
        var names: Set<String> = []
        for (name, value) in pairs {
            guard names.insert(name).inserted else {
                throw Problem.malformed(
                    "form_invalid", "A field stands twice.", errors: [FieldIssue("", "duplicate_key", "It stands twice.").inside(name)])
            }
            guard !name.contains("\0"), !value.contains("\0") else {
                throw Problem.malformed(
                    "form_invalid", "NUL characters are not allowed.",
                    errors: [FieldIssue("", "nul_character", "NUL characters are not allowed.").inside(name)])
            }
        }
        return pairs
    }
}
