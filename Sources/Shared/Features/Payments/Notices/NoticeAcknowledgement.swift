/// What a gateway wants to read as the answer to a notice of its, to the byte.
package struct NoticeAcknowledgement: Hashable, Sendable {
    /// We are done with the notice: don't repeat it.
    package let accepted: String
    /// Repeat it.
    package let refused: String

    package init(accepted: String, refused: String) {
        self.accepted = accepted
        self.refused = refused
    }
}
