/// JSON text, read as strictly as request bodies are.
package enum JSONText {
    /// - Throws: ``FieldIssue`` whose pointer names the wrong place.
    package static func value(_ text: String) throws(FieldIssue) -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    /// - Throws: ``FieldIssue`` whose pointer names the wrong place.
    package static func value(_ bytes: [UInt8]) throws(FieldIssue) -> JSONValue {
        try JSONParser.parse(bytes)
    }
}
