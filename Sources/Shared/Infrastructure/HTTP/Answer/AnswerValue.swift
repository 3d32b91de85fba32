package import Foundation

/// A plain value that an answer's field can hold. It may be optional, which becomes null.
package protocol AnswerValue: Sendable {
    /// The type without the optional.
    associatedtype Plain
    static var isNullable: Bool { get }
    var isNull: Bool { get }
    func write(to writer: inout JSONWriter)
}

extension AnswerValue {
    package static var isNullable: Bool { false }
    package var isNull: Bool { false }
}

extension String: AnswerValue {
    package typealias Plain = String
    package func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: AnswerValue {
    package typealias Plain = Bool
    package func write(to writer: inout JSONWriter) { writer.bool(self) }
}

extension Double: AnswerValue {
    package typealias Plain = Double
    package func write(to writer: inout JSONWriter) { writer.number(self) }
}

extension Date: AnswerValue {
    package typealias Plain = Date
    package func write(to writer: inout JSONWriter) { writer.timestamp(self) }
}

extension UUID: AnswerValue {
    package typealias Plain = UUID
    package func write(to writer: inout JSONWriter) { writer.uuid(self) }
}

extension Int: AnswerValue {
    package typealias Plain = WholeNumber
    package func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Int64: AnswerValue {
    package typealias Plain = WholeNumber
    package func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Int32: AnswerValue {
    package typealias Plain = WholeNumber
    package func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Int16: AnswerValue {
    package typealias Plain = WholeNumber
    package func write(to writer: inout JSONWriter) { writer.integer(self) }
}

/// The ``Plain`` type of all integer types.
package enum WholeNumber {}

extension Array: AnswerValue where Element: AnswerValue {
    package typealias Plain = [Element.Plain]
    package func write(to writer: inout JSONWriter) {
        writer.list(self) { writer, element in element.write(to: &writer) }
    }
}

extension Optional: AnswerValue where Wrapped: AnswerValue {
    package typealias Plain = Wrapped.Plain
    package static var isNullable: Bool { true }
    package var isNull: Bool { self == nil }
    package func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.null() }
    }
}
