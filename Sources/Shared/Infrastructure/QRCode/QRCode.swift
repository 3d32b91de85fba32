/// A QR code (ISO/IEC 18004) of a short text: byte mode, versions 1 to 15, error correction level M, which survives the loss of 15 %.
package struct QRCode: Hashable, Sendable {
    /// 1 to 15; each is four modules wider than the one before.
    package let version: Int
    /// The number of the pattern, of eight, that the data is mixed with: the one whose result is easiest to read.
    package let mask: Int
    private let matrix: QRMatrix

    /// - Returns: `nil` for a text of more than 412 bytes in UTF-8.
    package init?(_ text: String) {
        guard let layout = QRLayout.smallest(forByteCount: text.utf8.count) else { return nil }
        let codewords = QRCodewords.interleaved(Array(text.utf8), layout: layout)
        let blank = QRMatrix(layout: layout, codewords: codewords)
        var best = (mask: 0, matrix: blank.masked(by: 0))
        var lowest = best.matrix.penalty
        for mask in 1..<8 {
            let candidate = blank.masked(by: mask)
            let penalty = candidate.penalty
            if penalty < lowest {
                lowest = penalty
                best = (mask, candidate)
            }
        }
        version = layout.version
        mask = best.mask
        matrix = best.matrix
    }

    /// How many modules a side has, without the quiet zone.
    package var size: Int { matrix.size }

    /// Whether the module is dark.
    package func isDark(row: Int, column: Int) -> Bool {
        matrix.isDark(row, column)
    }
}
