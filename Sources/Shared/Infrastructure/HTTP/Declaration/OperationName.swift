/// The name of an endpoint as a word for programs, such as `showBook`. Generated clients name their functions by it, so that it must not
/// change. An endpoint declares a name where the rule's is a poor one; all others are named by the rule, from method, path and answer.
///
/// The rule: a verb, then the words of the path from left to right. A word before a parameter is singular, and so is the last one of a POST.
///
/// | call | answer | name |
/// | --- | --- | --- |
/// | GET /v1/books | a list | `listBooks` |
/// | GET /v1/books/{id} | one | `showBook` |
/// | GET /v1/books/{id}/changes/stream | events | `followBookChanges` |
/// | POST /v1/books/{id}/loans | made, 201 | `createBookLoan` |
/// | POST /v1/books/{id}/loans | another | `submitBookLoan` |
/// | PUT, PATCH, DELETE /v1/books/{id} | | `setBook`, `changeBook`, `deleteBook` |
enum OperationName {
    static func byRule(_ method: Method, _ path: PathTemplate, _ answer: AnswerDeclaration) -> String {
        var segments = path.segments[...]
        if segments.first == .literal("v1") { segments = segments.dropFirst() }
        if !answer.events.isEmpty, segments.last == .literal("stream") { segments = segments.dropLast() }
        var words: [String] = []
        for (index, segment) in zip(segments.indices, segments) {
            guard case .literal(let literal) = segment else { continue }
            let next = segments.index(after: index)
            let isSingular = next < segments.endIndex ? segments[next].isParameter : method == .post
            var parts = literal.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map { $0.lowercased() }
            if isSingular, let last = parts.popLast() { parts.append(singular(last)) }
            words += parts
        }
        return verb(method, answer) + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func verb(_ method: Method, _ answer: AnswerDeclaration) -> String {
        switch method {
        case .get: answer.isPage ? "list" : answer.events.isEmpty ? "show" : "follow"
        case .post: answer.status == 201 ? "create" : "submit"
        case .put: "set"
        case .patch: "change"
        case .delete: "delete"
        }
    }

    /// The singular of an English plural. It doesn't know words in `-ie` from words in `-y`: endpoints of such words declare their names.
    private static func singular(_ word: String) -> String {
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        if ["sses", "shes", "ches", "xes"].contains(where: { word.hasSuffix($0) }) { return String(word.dropLast(2)) }
        return word.hasSuffix("s") && !word.hasSuffix("ss") ? String(word.dropLast()) : word
    }
}

extension PathTemplate.Segment {
    fileprivate var isParameter: Bool {
        if case .parameter = self { true } else { false }
    }
}
