/// The endpoint tables of services as a page for people: docs/api.md.
package struct APIDocumentation: Sendable {
    /// One service and its endpoints.
    package struct Chapter: Sendable {
        let title: String
        let introduction: String
        let address: String
        let endpoints: [Endpoint]

        /// - Parameter address: the URL at which the service listens by default, such as `http://127.0.0.1:8001`.
        package init(title: String, introduction: String, address: String, endpoints: [Endpoint]) {
            self.title = title
            self.introduction = introduction
            self.address = address
            self.endpoints = endpoints
        }
    }

    private let introduction: String
    private let chapters: [Chapter]
    private let texts: Texts

    package init(introduction: String, chapters: [Chapter], texts: Texts = .none) {
        self.introduction = introduction
        self.texts = texts
        self.chapters = chapters
    }

    package var markdown: String {
        var lines: [String] = ["# API", "", introduction, "", "Made from the endpoint tables of the services; don't edit it by hand.", ""]
        lines += [
            "## Requests that reach no call", "",
            "These are answered with a problem too. After all but the first three the connection ends.",
            "",
            "| status | code | |", "| --- | --- | --- |",
        ]
        let faults = MessageFault.allCases.map { $0.problem(requestSeconds: HTTPConfiguration().requestSeconds) }
        for problem in [.unknownPath, .methodNotAllowed(allow: "GET"), .originNotAllowed] + faults {
            lines.append("| \(problem.status) | `\(problem.code)` | \(texts.meaning(of: problem)) |")
        }
        lines.append("")
        for chapter in chapters {
            lines += ["## \(chapter.title)", "", chapter.introduction, "", "Listens at \(chapter.address) unless set otherwise.", ""]
            lines += ["| call | purpose | needs |", "| --- | --- | --- |"]
            for endpoint in chapter.endpoints {
                lines.append("| `\(endpoint.operation)` | \(endpoint.purpose) | \(EndpointPage.need(endpoint)) |")
            }
            lines.append("")
            for endpoint in chapter.endpoints { lines += EndpointPage(endpoint, address: chapter.address, texts: texts).lines }
        }
        return lines.joined(separator: "\n").trimmingLineEnds + "\n"
    }
}

extension String {
    fileprivate var trimmingLineEnds: String {
        var text = self[...]
        while text.last == "\n" { text = text.dropLast() }
        return String(text)
    }
}
