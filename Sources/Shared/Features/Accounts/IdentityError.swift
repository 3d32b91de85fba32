/// What can only go wrong when the database doesn't behave as its manual says.
enum IdentityError: Error {
    /// An INSERT succeeded without giving its row back.
    case nothingReturned
}
