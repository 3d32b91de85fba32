import Text

/// The query of a request, read by an endpoint's declarations.
struct QueryReading: Sendable {
    /// The pairs as they came, for the link to the next page.
    let pairs: [(name: String, value: String)]
    /// The values of the declared parameters.
    let values: [(name: String, value: any Sendable)]
    let limit: Int
    let cursor: String?
    let selection: FieldSelection?

    static let empty = QueryReading(pairs: [], values: [], limit: 20, cursor: nil, selection: nil)

    static func limitKind(of answer: AnswerDeclaration) -> FieldKind<Int> { .int(1...answer.pageLimit) }
    static let cursorKind = FieldKind<String>.text(1...1024)
    static let fieldsKind = FieldKind<String>.text(1...1024)

    private init(
        pairs: [(name: String, value: String)], values: [(name: String, value: any Sendable)], limit: Int, cursor: String?,
        selection: FieldSelection?
    ) {
        self.pairs = pairs
        self.values = values
        self.limit = limit
        self.cursor = cursor
        self.selection = selection
    }

    /// - Throws: ``Problem`` (400) that names every parameter that is wrong.
    init(_ query: Substring, for endpoint: Endpoint) throws {
        guard let pairs = PercentEncoding.pairs(query) else {
            throw Problem.malformed("query_invalid")
        }
        var issues: [FieldIssue] = []
        var values: [(name: String, value: any Sendable)] = []
        var common = CommonParameters()
        var seen: [String] = []
        for (name, value) in pairs {
            if issues.count >= 20 { break }
            if seen.contains(name) {
                issues.append(FieldIssue(.parameter(name), "duplicate"))
                continue
            }
            seen.append(name)
            do throws(ValueFault) {
                if let parameter = endpoint.query.first(where: { $0.declaration.name == name }) {
                    values.append((name, try parameter.parse(value)))
                } else if try !common.take(name, value, of: endpoint) {
                    issues.append(FieldIssue(.parameter(name), "unknown_parameter"))
                }
            } catch {
                issues.append(FieldIssue(.parameter(name), error))
            }
        }
        for parameter in endpoint.query where parameter.declaration.isRequired && !seen.contains(parameter.declaration.name) {
            issues.append(FieldIssue(.parameter(parameter.declaration.name), "missing"))
        }
        var selection: FieldSelection?
        if let schema = endpoint.answer.selectable {
            do throws(FieldIssue) {
                selection = try FieldSelection(fields: common.fields, omit: common.omit, of: schema)
            } catch {
                issues.append(error)
            }
        }
        guard issues.isEmpty else {
            throw Problem.malformed("parameter_invalid", errors: issues)
        }
        self.init(pairs: pairs, values: values, limit: common.limit, cursor: common.cursor, selection: selection)
    }
}

/// The parameters that many calls have in common.
private struct CommonParameters {
    var limit = 20
    var cursor: String?
    var fields: String?
    var omit: String?

    /// - Returns: whether the endpoint has a common parameter of that name.
    mutating func take(_ name: String, _ value: String, of endpoint: Endpoint) throws(ValueFault) -> Bool {
        switch name {
        case "limit" where endpoint.answer.isPage: limit = try QueryReading.limitKind(of: endpoint.answer).parse(value)
        case "cursor" where endpoint.answer.isPage: cursor = try QueryReading.cursorKind.parse(value)
        case "fields" where endpoint.answer.selectable != nil: fields = try QueryReading.fieldsKind.parse(value)
        case "omit" where endpoint.answer.selectable != nil: omit = try QueryReading.fieldsKind.parse(value)
        default: return false
        }
        return true
    }
}
