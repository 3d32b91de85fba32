import HTTPTypes

extension HTTPFields {
    /// The value of a field that may occur only once. Several lines joined would say something that nobody sent (RFC 9110 §5.3).
    ///
    /// - Throws: ``Problem``: 400 when the field occurs twice.
    func only(_ name: HTTPField.Name) throws(Problem) -> String? {
        let values = self[values: name]
        guard values.count > 1 else { return values.first }
        throw Problem.malformed("header_invalid", errors: [FieldIssue(.header(name.rawName), "duplicate")])
    }
}
