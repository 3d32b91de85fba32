import Pictures

/// A picture that is drawn: a sky of two colors, a disc and some blocks, which nobody can take for a photograph.
struct DemoPicture: Sendable {
    let hash: PictureHash
    let byteCount: Int
    let prepared: PreparedPicture

    /// Of a movie.
    ///
    /// - Parameter place: which of the movies, from 0.
    static func poster(_ place: Int, _ request: DemoDataRequest) throws -> DemoPicture {
        try DemoPicture(PixelSize(width: 240, height: 360), request, .posters, place)
    }

    /// How many photos there are for all cinemas.
    static let photos = 12

    /// Of a cinema.
    ///
    /// - Parameter place: which of the photos, from 0.
    static func photo(_ place: Int, _ request: DemoDataRequest) throws -> DemoPicture {
        try DemoPicture(PixelSize(width: 320, height: 180), request, .photos, place)
    }

    private init(_ size: PixelSize, _ request: DemoDataRequest, _ purpose: SeededNumbers.Purpose, _ place: Int) throws {
        var numbers = SeededNumbers(seed: request.seed, purpose, place)
        let (above, below, disc) = (DemoColor(using: &numbers), DemoColor(using: &numbers), DemoColor(using: &numbers))
        let radius = size.width / 8 + numbers.below(size.width / 6)
        let (x, y) = (radius + numbers.below(size.width - 2 * radius), radius + numbers.below(size.height / 2))
        // Two lines of blocks below spell the seed and the place, so that no two pictures are the same.
        let lines = [request.seed, place].map { word in
            (0..<size.width).map { column in word >> (column * 32 / size.width) & 1 == 1 ? 0xFFFF_FFFF : 0xFF20_2020 as UInt32 }
        }
        var values: [UInt32] = []
        values.reserveCapacity(size.width * size.height)
        for row in 0..<(size.height - 16) {
            let sky = above.mixed(with: below, row, of: size.height).value
            let room = radius * radius - (row - y) * (row - y)
            let half = (0...radius).last { $0 * $0 <= room } ?? 0
            values.append(contentsOf: repeatElement(sky, count: x - half))
            values.append(contentsOf: repeatElement(disc.value, count: 2 * half))
            values.append(contentsOf: repeatElement(sky, count: size.width - x - half))
        }
        for line in lines {
            for _ in 0..<8 { values.append(contentsOf: line) }
        }
        prepared = try PreparedPicture(drawn: Pixels(width: size.width, height: size.height, values: values))
        let file = prepared.renditions.last?.bytes ?? []
        hash = PictureHash(of: file)
        byteCount = file.count
    }
}

private struct DemoColor {
    let red: Int
    let green: Int
    let blue: Int

    init(using numbers: inout SeededNumbers) {
        (red, green, blue) = (numbers.below(256), numbers.below(256), numbers.below(256))
    }

    private init(red: Int, green: Int, blue: Int) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    func mixed(with other: DemoColor, _ part: Int, of whole: Int) -> DemoColor {
        func mix(_ one: Int, _ two: Int) -> Int { one + (two - one) * part / whole }
        return DemoColor(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    var value: UInt32 { 0xFF00_0000 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }
}
