/// An endpoint's successful answer.
package struct Answers<Value: Sendable>: Sendable {
    /// The form of the answer.
    enum Form: Hashable, Sendable {
        case one
        case page
        case plain(contentType: String)
        case file(contentType: String)
        case events([EventDeclaration])
        case nothing
    }

    /// The path of a created object.
    struct Location: Sendable {
        let template: PathTemplate
        let text: @Sendable (Value) -> String
    }

    let status: Int
    let form: Form
    let shape: Shape<Value>?
    var location: Location?
    /// How many items a page may have.
    var pageLimit = AnswerDeclaration.usualPageLimit

    /// 200 with one object.
    package static func ok(_ shape: Shape<Value>) -> Answers { Answers(status: 200, form: .one, shape: shape) }

    /// 201 with the new object and its Location.
    ///
    /// - Parameters:
    ///   - template: the path of the endpoint that shows such an object.
    ///   - id: the value of the template's parameter.
    package static func created(
        _ shape: Shape<Value>, at template: PathTemplate, _ id: @escaping @Sendable (Value) -> some PathValue
    ) -> Answers {
        let location = Location(template: template) { template.path(of: id($0)) }
        return Answers(status: 201, form: .one, shape: shape, location: location)
    }

    /// 201 with the new object, whose path doesn't depend on it.
    package static func created(_ shape: Shape<Value>, at template: PathTemplate) -> Answers {
        Answers(status: 201, form: .one, shape: shape, location: Location(template: template) { _ in template.text })
    }

    /// 202 with the present state.
    package static func accepted(_ shape: Shape<Value>) -> Answers { Answers(status: 202, form: .one, shape: shape) }

    /// 200 with `{"items": […], "next": cursor or null}`; the endpoint then takes `limit` and `cursor`.
    ///
    /// - Parameter limit: how many items a page may have, where that isn't the usual number.
    package static func page(_ shape: Shape<Value>, atMost limit: Int? = nil) -> Answers {
        Answers(status: 200, form: .page, shape: shape, pageLimit: limit ?? AnswerDeclaration.usualPageLimit)
    }
}

extension Answers where Value == EventStream {
    /// 200 with a stream of Server-Sent Events; the endpoint then takes Last-Event-ID.
    package static func events(_ events: EventDeclaration...) -> Answers {
        Answers(status: 200, form: .events(events), shape: nil)
    }
}

extension Answers where Value == FileContent {
    /// 200 with a file.
    package static func file(contentType: String) -> Answers {
        Answers(status: 200, form: .file(contentType: contentType), shape: nil)
    }
}

extension Answers where Value == Nothing {
    /// 204 with nothing.
    package static var noContent: Answers { Answers(status: 204, form: .nothing, shape: nil) }
}

extension Answers where Value == String {
    /// 200 with plain text.
    package static var plain: Answers { plain(contentType: "text/plain; charset=utf-8") }

    /// 200 with text of another type.
    package static func plain(contentType: String) -> Answers {
        Answers(status: 200, form: .plain(contentType: contentType), shape: nil)
    }
}
