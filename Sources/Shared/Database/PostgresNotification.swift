/// What a NOTIFY told.
package struct PostgresNotification: Hashable, Sendable {
    package let channel: String
    package let payload: String
}
