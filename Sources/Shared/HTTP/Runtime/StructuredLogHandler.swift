import Foundation
package import Logging

/// Writes log lines with their metadata, as text or JSON.
package struct StructuredLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let sink: LogSink

    package init(label: String, level: Logger.Level, format: LogFormat, sink: LogSink) {
        self.label = label
        self.format = format
        self.sink = sink
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = .string(String(reflecting: error)) }
        sink.write(line(event.level, "\(event.message)", all))
    }

    private func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> [UInt8] {
        let time = Timestamp(Date()).text
        let fields = metadata.map { (name: Self.name(of: $0.key), value: $0.value) }.sorted { $0.name < $1.name }
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
            var text = "\(time) \(level.rawValue) \(Self.onOneLine(message))"
            for field in fields { text += " \(field.name)=\(Self.onOneLine("\(field.value)"))" }
            return Array((text + "\n").utf8)
        }
    }

    /// The server's own name for the request's id is not for readers.
    private static func name(of key: String) -> String {
        key == EndpointResponder.requestIDKey ? "request_id" : key
    }

    /// Nothing that comes from outside may look like a line of its own.
    private static func onOneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}
