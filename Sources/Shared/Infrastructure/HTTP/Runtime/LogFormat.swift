/// The format of the log's lines.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people at a terminal.
    case text
    /// One JSON object a line, for machines.
    case json
}
