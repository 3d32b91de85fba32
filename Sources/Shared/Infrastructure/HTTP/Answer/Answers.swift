/// How an endpoint answers when all goes well.
package struct Answers<Value: Sendable>: Sendable {
    /// The form of what goes out.
    enum Form: Hashable, Sendable {
        case one
        case page
        case plain(contentType: String)
        case events([EventDeclaration])
        case nothing
    }

    let status: Int
    let form: Form
    let shape: Shape<Value>?

    /// 200 with one object.
    package static func ok(_ shape: Shape<Value>) -> Answers { Answers(status: 200, form: .one, shape: shape) }

    /// 201 with the new object and its Location.
    package static func created(_ shape: Shape<Value>) -> Answers { Answers(status: 201, form: .one, shape: shape) }

    /// 202 with how it stands.
    package static func accepted(_ shape: Shape<Value>) -> Answers { Answers(status: 202, form: .one, shape: shape) }

    /// 200 with `{"items": […], "next": cursor or null}`; the endpoint then takes `limit` and `cursor`.
    package static func page(_ shape: Shape<Value>) -> Answers { Answers(status: 200, form: .page, shape: shape) }
}

extension Answers where Value == EventStream {
    /// 200 with a stream of Server-Sent Events; the endpoint then takes Last-Event-ID.
    package static func events(_ events: EventDeclaration...) -> Answers {
        Answers(status: 200, form: .events(events), shape: nil)
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
