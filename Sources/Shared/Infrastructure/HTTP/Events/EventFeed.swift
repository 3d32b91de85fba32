/// The source of event streams: one state after another, each with an id. All streams with the same content share it.
package protocol EventFeed: AnyObject, Sendable {
    /// The event that brings a reader from the state that it knows to the present one, however many states lie between. It must be quick.
    ///
    /// - Parameter id: the id of the state that the reader knows; `nil` or an unknown id when it knows none.
    /// - Returns: the event and the id of the present state; `nil` when the reader knows the present state already.
    func event(after id: String?) -> (event: ServerSentEvent, id: String)?

    /// Whether nothing will follow the present state. The streams of readers that know it end. It must be quick.
    var isOver: Bool { get }
}

extension EventFeed {
    package var isOver: Bool { false }
}
