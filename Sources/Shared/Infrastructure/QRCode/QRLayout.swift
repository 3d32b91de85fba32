/// How a version of level M is divided: the tables 1, 7, 9 and E.1 of ISO/IEC 18004.
struct QRLayout: Hashable, Sendable {
    let version: Int
    /// The bytes of data of each block, shorter blocks first.
    let blocks: [Int]
    /// The bytes of error correction of each block.
    let correction: Int
    /// The rows and columns on whose crossings alignment patterns lie.
    let alignment: [Int]

    var size: Int { 17 + 4 * version }
    var dataCount: Int { blocks.reduce(0, +) }
    /// How many bits tell the length of the text.
    var lengthBits: Int { version < 10 ? 8 : 16 }

    /// The smallest version that holds a text of so many bytes: four bits of mode, the length, and the text.
    static func smallest(forByteCount count: Int) -> QRLayout? {
        all.first { 4 + $0.lengthBits + 8 * count <= 8 * $0.dataCount }
    }

    private static let all = [
        QRLayout(version: 1, blocks: [16], correction: 10, alignment: []),
        QRLayout(version: 2, blocks: [28], correction: 16, alignment: [6, 18]),
        QRLayout(version: 3, blocks: [44], correction: 26, alignment: [6, 22]),
        QRLayout(version: 4, blocks: [32, 32], correction: 18, alignment: [6, 26]),
        QRLayout(version: 5, blocks: [43, 43], correction: 24, alignment: [6, 30]),
        QRLayout(version: 6, blocks: [27, 27, 27, 27], correction: 16, alignment: [6, 34]),
        QRLayout(version: 7, blocks: [31, 31, 31, 31], correction: 18, alignment: [6, 22, 38]),
        QRLayout(version: 8, blocks: [38, 38, 39, 39], correction: 22, alignment: [6, 24, 42]),
        QRLayout(version: 9, blocks: [36, 36, 36, 37, 37], correction: 22, alignment: [6, 26, 46]),
        QRLayout(version: 10, blocks: [43, 43, 43, 43, 44], correction: 26, alignment: [6, 28, 50]),
        QRLayout(version: 11, blocks: [50, 51, 51, 51, 51], correction: 30, alignment: [6, 30, 54]),
        QRLayout(version: 12, blocks: [36, 36, 36, 36, 36, 36, 37, 37], correction: 22, alignment: [6, 32, 58]),
        QRLayout(version: 13, blocks: [37, 37, 37, 37, 37, 37, 37, 37, 38], correction: 22, alignment: [6, 34, 62]),
        QRLayout(version: 14, blocks: [40, 40, 40, 40, 41, 41, 41, 41, 41], correction: 24, alignment: [6, 26, 46, 66]),
        QRLayout(version: 15, blocks: [41, 41, 41, 41, 41, 42, 42, 42, 42, 42], correction: 24, alignment: [6, 26, 48, 70]),
    ]
}
