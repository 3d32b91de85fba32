package import Foundation
package import Text

/// Writes JSON text straight into bytes.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init(reserving capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Text that is JSON already, such as `{` or a prepared member name.
    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { buffer in unsafe bytes.append(contentsOf: buffer) }
    }

    /// Bytes that are JSON already.
    package mutating func raw(_ text: [UInt8]) {
        bytes.append(contentsOf: text)
    }

    package mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    package mutating func null() {
        raw("null")
    }

    package mutating func bool(_ value: Bool) {
        if value { raw("true") } else { raw("false") }
    }

    package mutating func integer(_ value: some BinaryInteger) {
        if let small = UInt8(exactly: value), small < 10 {
            bytes.append(UInt8(ascii: "0") + small)
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    /// A number that JSON has no text for (not a number, infinite) becomes null.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        bytes.append(contentsOf: "\(value)".utf8)
    }

    package mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            bytes.append(contentsOf: value.utf8)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw(#"\""#)
            case UInt8(ascii: "\\"): raw(#"\\"#)
            case 0x0A: raw(#"\n"#)
            case 0x0D: raw(#"\r"#)
            case 0x09: raw(#"\t"#)
            case 0..<0x20:
                raw(#"\u00"#)
                bytes.append(hexadecimal: byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func uuid(_ value: UUID) {
        byte(UInt8(ascii: "\""))
        bytes.append(value)
        byte(UInt8(ascii: "\""))
    }

    /// RFC 3339 in UTC.
    package mutating func timestamp(_ value: Date) {
        bytes.append(UInt8(ascii: "\""))
        Timestamp(value).write(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null, .numberOutOfRange: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let values):
            list(values) { writer, value in writer.value(value) }
        case .object(let members):
            byte(UInt8(ascii: "{"))
            var isFirst = true
            for member in members {
                if !isFirst { byte(UInt8(ascii: ",")) }
                isFirst = false
                string(member.name)
                byte(UInt8(ascii: ":"))
                self.value(member.value)
            }
            byte(UInt8(ascii: "}"))
        }
    }

    /// An array whose items the closure writes.
    @inlinable package mutating func list<Item>(_ items: some Sequence<Item>, _ write: (inout JSONWriter, Item) -> Void) {
        byte(UInt8(ascii: "["))
        var isFirst = true
        for item in items {
            if !isFirst { byte(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, item)
        }
        byte(UInt8(ascii: "]"))
    }
}

extension JSONValue {
    /// The JSON text of this value.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The JSON text of this value.
    package var text: String {
        String(decoding: bytes, as: UTF8.self)
    }
}
