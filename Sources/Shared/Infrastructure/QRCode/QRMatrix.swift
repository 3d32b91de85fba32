/// The square of modules.
struct QRMatrix: Hashable, Sendable {
    let size: Int
    private let version: Int
    private var dark: [Bool]
    /// Modules of patterns, format and version. No mask changes them.
    private var isFixed: [Bool]

    /// Draws patterns and data, unmasked and without the format.
    init(layout: QRLayout, codewords: [UInt8]) {
        size = layout.size
        version = layout.version
        dark = [Bool](repeating: false, count: size * size)
        isFixed = dark
        drawPatterns(alignment: layout.alignment)
        drawFormat(mask: 0)
        drawVersion()
        drawData(codewords)
    }

    func isDark(_ row: Int, _ column: Int) -> Bool {
        dark[row * size + column]
    }

    /// The matrix mixed with a pattern, and with the format that names the pattern.
    func masked(by mask: Int) -> QRMatrix {
        var result = self
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] && Self.inverts(mask, row, column) {
                result.dark[row * size + column].toggle()
            }
        }
        result.drawFormat(mask: mask)
        return result
    }

    private static func inverts(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        let product = row * column
        return switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: product % 2 + product % 3 == 0
        case 6: (product % 2 + product % 3) % 2 == 0
        default: ((row + column) % 2 + product % 3) % 2 == 0
        }
    }

    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        dark[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    private mutating func drawPatterns(alignment: [Int]) {
        for index in 0..<size {
            fix(6, index, index % 2 == 0)
            fix(index, 6, index % 2 == 0)
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
            drawRings(row, column, radius: 4) { $0 != 2 && $0 != 4 }
        }
        for row in alignment {
            for column in alignment {
                // No alignment pattern lies at the three finder patterns in the corners.
                let corners = [(6, 6), (6, size - 7), (size - 7, 6)]
                if corners.contains(where: { $0 == (row, column) }) { continue }
                drawRings(row, column, radius: 2) { $0 != 1 }
            }
        }
    }

    /// Draws squares around a module. Their distance decides whether they are dark or light.
    private mutating func drawRings(_ row: Int, _ column: Int, radius: Int, isDark: (Int) -> Bool) {
        for down in -radius...radius {
            for right in -radius...radius {
                let (y, x) = (row + down, column + right)
                if (0..<size).contains(y), (0..<size).contains(x) { fix(y, x, isDark(max(abs(down), abs(right)))) }
            }
        }
    }

    /// Draws level and mask with their own error correction, in two places.
    private mutating func drawFormat(mask: Int) {
        // Level M is 00.
        let bits = (mask << 10 | Self.remainder(mask, by: 0x537, degree: 10)) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { fix(index, 8, bit(index)) }
        fix(7, 8, bit(6))
        fix(8, 8, bit(7))
        fix(8, 7, bit(8))
        for index in 9..<15 { fix(8, 14 - index, bit(index)) }
        for index in 0..<8 { fix(8, size - 1 - index, bit(index)) }
        for index in 8..<15 { fix(size - 15 + index, 8, bit(index)) }
        fix(size - 8, 8, true)
    }

    /// Draws the version with its own error correction, in two places, from version 7 on.
    private mutating func drawVersion() {
        guard version >= 7 else { return }
        let bits = version << 12 | Self.remainder(version, by: 0x1F25, degree: 12)
        for index in 0..<18 {
            let (far, near) = (size - 11 + index % 3, index / 3)
            fix(far, near, bits >> index & 1 == 1)
            fix(near, far, bits >> index & 1 == 1)
        }
    }

    private static func remainder(_ value: Int, by divisor: Int, degree: Int) -> Int {
        (0..<degree).reduce(value) { rest, _ in rest << 1 ^ (rest >> (degree - 1)) * divisor }
    }

    /// Draws the data in pairs of columns from the right, upwards and downwards by turns. Modules that are left over stay light.
    private mutating func drawData(_ codewords: [UInt8]) {
        var next = 0
        for pair in stride(from: size - 1, through: 1, by: -2) {
            // The column of the timing pattern holds no data.
            let right = pair <= 6 ? pair - 1 : pair
            let isUpward = (right + 1) & 2 == 0
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isFixed[row * size + column] && next < 8 * codewords.count {
                    dark[row * size + column] = codewords[next / 8] >> UInt8(7 - next % 8) & 1 == 1
                    next += 1
                }
            }
        }
    }
}
