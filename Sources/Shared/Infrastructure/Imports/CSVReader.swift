/// Reads comma-separated values (RFC 4180): cells may be quoted, a quoted cell may hold commas, line breaks and doubled quotes.
/// Lines end with LF, CRLF or CR; a byte order mark in front is skipped, and so are empty lines.
///
/// A record that breaks the rules is the only one that is lost: reading goes on with the line after the one on which the record begins. So
/// a quote that is never closed doesn't swallow the rest of the file.
struct CSVReader: Sequence, IteratorProtocol {
    /// A record of the file, or the reason why it can't be read.
    struct Record: Equatable {
        /// The line on which it begins, from 1.
        let line: Int
        let cells: Result<[String], ImportFault>
    }

    private let bytes: [UInt8]
    private var position: Int
    private var line = 1
    /// How many cells a record has; `nil` before the first record.
    private var columns: Int?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func next() -> Record? {
        skipEmptyLines()
        guard position < bytes.count else { return nil }
        let (startPosition, startLine) = (position, line)
        do throws(ImportFault) {
            let cells = try record()
            let wanted = columns ?? cells.count
            guard cells.count == wanted else { throw ImportFault("\(cells.count) cells where \(wanted) belong") }
            columns = wanted
            return Record(line: startLine, cells: .success(cells))
        } catch {
            (position, line) = (startPosition, startLine)
            skipLine()
            return Record(line: startLine, cells: .failure(error))
        }
    }

    private mutating func record() throws(ImportFault) -> [String] {
        var cells: [String] = []
        while true {
            cells.append(try peek == Self.quote ? quotedCell() : plainCell())
            guard peek == Self.comma else { break }
            position += 1
        }
        endLine()
        return cells
    }

    private mutating func plainCell() throws(ImportFault) -> String {
        let start = position
        while let byte = peek, byte != Self.comma, !isLineEnd {
            guard byte != Self.quote else { throw ImportFault("a quote inside a cell that isn't quoted") }
            position += 1
        }
        return try text(bytes[start..<position])
    }

    private mutating func quotedCell() throws(ImportFault) -> String {
        var content: [UInt8] = []
        position += 1
        while let byte = peek {
            position += 1
            if byte == Self.quote {
                guard peek == Self.quote else {
                    guard peek == nil || peek == Self.comma || isLineEnd else { throw ImportFault("text after a closing quote") }
                    return try text(content[...])
                }
                position += 1
            } else if byte == Self.lineFeed || byte == Self.carriageReturn && peek != Self.lineFeed {
                line += 1
            }
            content.append(byte)
        }
        throw ImportFault("a quote that is never closed")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(ImportFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ImportFault("text that isn't UTF-8") }
        return text
    }

    private mutating func skipEmptyLines() {
        while peek != nil, isLineEnd { endLine() }
    }

    private mutating func skipLine() {
        while peek != nil, !isLineEnd { position += 1 }
        endLine()
    }

    private mutating func endLine() {
        guard isLineEnd else { return }
        // CR, LF, or both in this order are one line end.
        let isReturn = peek == Self.carriageReturn
        position += 1
        if isReturn, peek == Self.lineFeed { position += 1 }
        line += 1
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var isLineEnd: Bool { peek == Self.lineFeed || peek == Self.carriageReturn }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
