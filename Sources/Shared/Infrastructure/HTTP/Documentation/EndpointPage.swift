import Callers
import Text

/// The section of docs/api.md about one endpoint.
struct EndpointPage {
    private let endpoint: Endpoint
    private let address: String
    private let texts: Texts

    init(_ endpoint: Endpoint, address: String, texts: Texts) {
        self.texts = texts
        self.endpoint = endpoint
        self.address = address
    }

    /// Who may call it, in words.
    static func need(_ endpoint: Endpoint) -> String {
        switch endpoint.access {
        case .open: "nothing"
        case .signedIn: "a token"
        case .permission(let resource, let bits): "\(bits.words.joined(separator: " and ")) (\(bits.rawValue)) on \(resource.rawValue)"
        }
    }

    var lines: [String] {
        var lines = ["### \(endpoint.operation)", "", endpoint.purpose, ""]
        lines += ["- Address: `\(address)\(endpoint.path.text)`", "- Permission: \(Self.need(endpoint))"]
        lines += endpoint.rateLimit == .exempt ? ["- Rate limit: none"] : ["- Rate limit: class `\(endpoint.rateLimit.rawValue)`"]
        lines += freshness
        lines += ["", "**Parameters**", ""] + parameters + [""]
        lines += body
        lines += ["**Answer**", ""] + answer + [""]
        lines += ["**Errors**", "", "| status | code | meaning |", "| --- | --- | --- |"]
        lines += EndpointProblems(endpoint, texts: texts).all.map { "| \($0.status) | `\($0.code)` | \(Self.cell($0.meaning)) |" }
        lines += ["", "**Example**", ""] + example + [""]
        return lines
    }

    /// How old the answer may be, here and in caches on the way.
    private var freshness: [String] {
        switch endpoint.caching {
        case .noStore: []
        case .revalidate where endpoint.keepsAnswer:
            ["- Freshness: as it was \(endpoint.freshness) when it is sent; caches ask again each time, by its ETag"]
        case .revalidate: ["- Freshness: caches ask again each time, by its ETag"]
        case .unchanging: ["- Freshness: it never changes; anybody's cache may keep it for a year without asking again"]
        case .publicFor(let seconds):
            [
                "- Freshness: \(endpoint.keepsAnswer ? "as it was \(endpoint.freshness) when it is sent; " : "")anybody's cache may keep it for "
                    + "\(seconds) seconds from then on"
            ]
        }
    }

    private var parameters: [String] {
        var rows: [String] = []
        for (name, kind) in endpoint.path.parameters { rows.append(row(name, "path", kind.schema, "required", "")) }
        for declaration in endpoint.query.map(\.declaration) {
            rows.append(
                row(
                    declaration.name, "query", declaration.schema, declaration.isRequired ? "required" : "optional", declaration.description
                ))
        }
        for declaration in CommonParameterDeclarations.all(of: endpoint) {
            rows.append(row(declaration.name, "query", declaration.schema, "common", declaration.description))
        }
        if endpoint.answer.selectable != nil {
            rows.append("| `fields` | query | names | common | Only these fields of the answer, separated by commas. |")
            rows.append("| `omit` | query | names | common | All fields of the answer but these. |")
        }
        if endpoint.access != .open { rows.append("| `Authorization` | header | `Bearer <token>` | required | The token of a session. |") }
        for declaration in CommonParameterDeclarations.headers(of: endpoint) {
            let need = declaration.isRequired ? "required" : "optional"
            rows.append(row(declaration.name, "header", declaration.schema, need, declaration.description))
        }
        return rows.isEmpty ? ["None."] : ["| name | in | type | need | meaning |", "| --- | --- | --- | --- | --- |"] + rows
    }

    private func row(_ name: String, _ place: String, _ schema: Schema, _ need: String, _ description: String) -> String {
        "| `\(name)` | \(place) | \(SchemaWords.words(schema)) | \(need) | \(Self.cell(description)) |"
    }

    private var body: [String] {
        switch endpoint.input {
        case .none: []
        case .form(let description): ["**Body**", "", "A form (`application/x-www-form-urlencoded`). \(description)", ""]
        case .file(let file):
            ["**Body**", "", "\(file.description) Its Content-Type is one of \(file.types.map { "`\($0)`" }.joined(separator: ", ")).", ""]
        case .json(let schema):
            ["**Body** `\(schema.name)`", ""] + fields(schema, need: true) + [""]
        }
    }

    private var answer: [String] {
        let answer = endpoint.answer
        guard answer.events.isEmpty else {
            return ["\(answer.status) with `\(EventStream.contentType)`, Server-Sent Events with these names:", ""]
                + answer.events.map { "- `\($0.name)` with a `\($0.schema.name)`: \($0.description)" }
        }
        guard let schema = answer.schema else {
            return [answer.contentType.map { "\(answer.status) with `\($0)`." } ?? "\(answer.status) with nothing."]
        }
        let opening =
            answer.isPage
            ? "\(answer.status) with `{\"items\": […], \"next\": cursor or null}`; each item is a `\(schema.name)`:"
            : "\(answer.status) with a `\(schema.name)`:"
        return [opening, ""] + fields(schema, need: false)
    }

    /// A row for each field. Fields of inner objects are listed under their path.
    private func fields(_ schema: ObjectSchema, need: Bool) -> [String] {
        let head =
            need
            ? ["| field | type | need | meaning |", "| --- | --- | --- | --- |"] : ["| field | type | meaning |", "| --- | --- | --- |"]
        guard !schema.fields.isEmpty else { return ["An empty object."] }
        return head + rows(schema, prefix: "", need: need, depth: 0)
    }

    private func rows(_ schema: ObjectSchema, prefix: String, need: Bool, depth: Int) -> [String] {
        schema.fields.flatMap { field -> [String] in
            let name = "`\(prefix)\(field.name)`"
            let type = SchemaWords.words(field.schema)
            let words = Self.cell(field.description) + (field.defaultValue.map { " Default: `\($0.text)`." } ?? "")
            let row =
                need
                ? "| \(name) | \(type) | \(field.isRequired ? "required" : "optional") | \(words) |" : "| \(name) | \(type) | \(words) |"
            guard depth < 4, let inner = SchemaWords.object(in: field.schema) else { return [row] }
            let mark = SchemaWords.isArray(field.schema) ? "[]." : "."
            return [row] + rows(inner, prefix: prefix + field.name + mark, need: need, depth: depth + 1)
        }
    }

    private var example: [String] {
        var path = endpoint.path.text
        for (name, kind) in endpoint.path.parameters {
            let value = if case .string(let text) = kind.schema.example { text } else { kind.schema.example.text }
            path = path.replacing("{\(name)}", with: value)
        }
        var words = ["curl"]
        if !endpoint.answer.events.isEmpty { words.append("-N") }
        if endpoint.method != .get { words.append("-X \(endpoint.method.rawValue)") }
        if endpoint.access != .open { words.append("-H \"Authorization: Bearer $TOKEN\"") }
        if endpoint.ifMatch == .required { words.append("-H 'If-Match: \"1\"'") }
        if endpoint.idempotency { words.append("-H 'Idempotency-Key: \"6f1c1d1e\"'") }
        switch endpoint.input {
        case .none: break
        case .json(let schema):
            words.append("-H 'Content-Type: application/json'")
            words.append("-d '\(schema.example.text.replacing("'", with: "'\\''"))'")
        case .form: words.append("--data-urlencode 'name=value'")
        case .file(let file):
            words.append("-H 'Content-Type: \(file.types.first ?? "")'")
            words.append("--data-binary @file")
        }
        words.append(address + path)
        var lines = ["```sh", words.joined(separator: " \\\n  "), "```"]
        if let schema = endpoint.answer.schema {
            let value: JSONValue = endpoint.answer.isPage ? ["items": [schema.example], "next": nil] : schema.example
            lines += ["", "```json", value.text, "```"]
        }
        return lines
    }

    /// Text that may stand in a table.
    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
