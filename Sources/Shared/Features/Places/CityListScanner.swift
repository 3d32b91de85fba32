/// Finds the rows of a city list in its JSON text, `{"returnValue": {"A": [row, …], …}}`, and the line on which each begins.
///
/// The rows are located here and read elsewhere. So a row that is broken inside spoils no other row, and a refusal can name its line.
struct CityListScanner {
    /// A row's text.
    struct Element: Equatable {
        /// The name of the list that it is in.
        let group: String
        /// The line on which it begins, from 1.
        let line: Int
        let range: Range<Int>
    }

    private enum Container {
        /// An object, with the key of the value that is being read.
        case object(key: String)
        case array
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var containers: [Container] = []
    private var lastString = ""
    private var open: (line: Int, start: Int)?
    private var elements: [Element] = []

    /// - Throws: ``ImportFileError`` when brackets don't match or the text contains no list.
    static func elements(in bytes: [UInt8]) throws(ImportFileError) -> [Element] {
        var scanner = CityListScanner(bytes: bytes)
        try scanner.scan()
        return scanner.elements
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private mutating func scan() throws(ImportFileError) {
        while position < bytes.count {
            let byte = bytes[position]
            if group != nil, open == nil, !Self.isBlank(byte), byte != UInt8(ascii: ","), byte != UInt8(ascii: "]") {
                open = (line, position)
            }
            switch byte {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "\""): string()
            case UInt8(ascii: ":"): name()
            case UInt8(ascii: "{"): containers.append(.object(key: ""))
            case UInt8(ascii: "["): containers.append(.array)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): try close(byte)
            case UInt8(ascii: ","): if group != nil { closeElement() }
            default: break
            }
            position += 1
        }
        guard containers.isEmpty else { throw ImportFileError("the JSON ends before it is complete") }
        guard !elements.isEmpty else { throw ImportFileError("there is no city list in it") }
    }

    /// The list whose rows stand at this depth; `nil` elsewhere.
    private var group: String? {
        guard
            containers.count == 3,
            case .object("returnValue") = containers[0],
            case .object(let group) = containers[1],
            case .array = containers[2]
        else { return nil }
        return group
    }

    /// Steps to the string's closing quote. A quote that isn't closed on its line begins no string. So a missing quote spoils its row only,
    /// and the brackets after it count.
    private mutating func string() {
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\n") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return }
        lastString = String(decoding: bytes[start..<end], as: UTF8.self)
        position = end
    }

    private mutating func name() {
        if case .object = containers.last { containers[containers.count - 1] = .object(key: lastString) }
    }

    private mutating func close(_ bracket: UInt8) throws(ImportFileError) {
        if group != nil { closeElement() }
        switch containers.popLast() {
        case .object where bracket == UInt8(ascii: "}"): break
        case .array where bracket == UInt8(ascii: "]"): break
        default: throw ImportFileError("the brackets of the JSON don't match on line \(line)")
        }
    }

    private mutating func closeElement() {
        guard let group, let (line, start) = open else { return }
        elements.append(Element(group: group, line: line, range: start..<position))
        open = nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t")
    }
}
