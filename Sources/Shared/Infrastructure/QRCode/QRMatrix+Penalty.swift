extension QRMatrix {
    /// How hard the matrix is to read: the four rules of ISO/IEC 18004, 7.8.3.
    var penalty: Int {
        var total = blocks + balance
        for index in 0..<size {
            total += Self.runs((0..<size).map { isDark(index, $0) })
            total += Self.runs((0..<size).map { isDark($0, index) })
        }
        return total
    }

    /// Rules 1 and 3 along a line: five or more equal modules in a row, and patterns that look like a corner's finder pattern.
    private static func runs(_ line: [Bool]) -> Int {
        var total = 0
        var length = 0
        for index in line.indices {
            length = index > 0 && line[index] == line[index - 1] ? length + 1 : 1
            if length == 5 { total += 3 } else if length > 5 { total += 1 }
        }
        for start in 0...(line.count - 11) where eyes.contains(Array(line[start..<start + 11])) { total += 40 }
        return total
    }

    private static let eye = [true, false, true, true, true, false, true]
    private static let quiet = [Bool](repeating: false, count: 4)
    private static let eyes = [eye + quiet, quiet + eye]

    /// Rule 2: squares of two by two equal modules.
    private var blocks: Int {
        var total = 0
        for row in 0..<(size - 1) {
            for column in 0..<(size - 1) {
                let first = isDark(row, column)
                if first == isDark(row, column + 1), first == isDark(row + 1, column), first == isDark(row + 1, column + 1) { total += 3 }
            }
        }
        return total
    }

    /// Rule 4: ten points for every 5 % by which the share of dark modules differs from a half.
    private var balance: Int {
        var count = 0
        for row in 0..<size {
            for column in 0..<size where isDark(row, column) { count += 1 }
        }
        return 10 * (abs(20 * count - 10 * size * size) / (size * size))
    }
}
