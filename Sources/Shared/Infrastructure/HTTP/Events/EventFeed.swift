/// What event streams tell: one state after another, each with an id. Shared by all streams that tell the same.
package protocol EventFeed: AnyObject, Sendable {
    /// What brings a reader from the state that it knows to the present one, however many lie between. Must be quick.
    ///
    /// - Parameter id: of the state that the reader knows; `nil` or an unknown one when it knows none.
    /// - Returns: the event and the id of the present state; `nil` when the reader knows that already.
    func event(after id: String?) -> (event: ServerSentEvent, id: String)?
}
