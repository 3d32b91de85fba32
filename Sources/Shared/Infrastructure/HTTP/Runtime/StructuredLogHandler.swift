import Foundation
package import Logging

/// Writes log lines with their metadata, as text or JSON.
package struct StructuredLogHandler: LogHandler {
    /// The process's level, unless this logger has its own.
    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let sink: LogSink
    private let threshold: LogThreshold
    private var ownLevel: Logger.Level?

    package init(label: String, threshold: LogThreshold, format: LogFormat, sink: LogSink) {
        self.label = label
        self.format = format
        self.sink = sink
        self.threshold = threshold
    }

    package init(label: String, level: Logger.Level, format: LogFormat, sink: LogSink) {
        self.init(label: label, threshold: LogThreshold(level), format: format, sink: sink)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields: [Field] = []
        fields.reserveCapacity(12)
        for metadata in [metadata, metadataProvider?.get(), event.metadata] {
            for (key, value) in metadata ?? [:] { Self.set(key, value, in: &fields) }
        }
        if let error = event.error { Self.set("error", .string(String(reflecting: error)), in: &fields) }
        fields.sort { $0.name < $1.name }
        sink.write(line(event.level, "\(event.message)", fields))
    }

    private typealias Field = (name: String, value: Logger.Metadata.Value)

    /// Sets a field. A value that is set nearer to the line replaces one from further away. A line has few fields, so a linear search is
    /// the quickest.
    private static func set(_ key: String, _ value: Logger.Metadata.Value, in fields: inout [Field]) {
        let name = name(of: key)
        if let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index].value = value
        } else {
            fields.append((name, value))
        }
    }

    private func line(_ level: Logger.Level, _ message: String, _ fields: [Field]) -> [UInt8] {
        let time = Timestamp(Date()).text
        switch format {
        case .json:
            var writer = JSONWriter()
            writer.raw(#"{"time":"#)
            writer.string(time)
            writer.raw(#","level":"#)
            writer.string(level.rawValue)
            writer.raw(#","logger":"#)
            writer.string(label)
            writer.raw(#","message":"#)
            writer.string(message)
            for field in fields {
                writer.byte(UInt8(ascii: ","))
                writer.string(field.name)
                writer.byte(UInt8(ascii: ":"))
                writer.string("\(field.value)")
            }
            writer.raw("}\n")
            return writer.bytes
        case .text:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(256)
            func append(_ texts: String...) {
                for text in texts { bytes.append(contentsOf: text.utf8) }
            }
            append(time, " ", level.rawValue, " ", Self.onOneLine(message))
            for field in fields { append(" ", field.name, "=", Self.onOneLine("\(field.value)")) }
            append("\n")
            return bytes
        }
    }

    /// The name under which a field is written. The server's own name for the request's id is replaced.
    private static func name(of key: String) -> String {
        key == EndpointResponder.requestIDKey ? "request_id" : key
    }

    /// The text on one line, because text from outside must not look like another line.
    private static func onOneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}

/// The format of the log's lines.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people at a terminal.
    case text
    /// One JSON object a line, for machines.
    case json
}
