import HTTPTypes

extension HTTPFields {
    /// The value of a field that is no list: lines of it put together would say something that nobody sent (RFC 9110 §5.3).
    ///
    /// - Throws: ``Problem``: 400 where it stands twice.
    func only(_ name: HTTPField.Name) throws(Problem) -> String? {
        let values = self[values: name]
        guard values.count > 1 else { return values.first }
        throw Problem.malformed("header_invalid", errors: [FieldIssue(.header(name.rawName), "duplicate")])
    }
}
