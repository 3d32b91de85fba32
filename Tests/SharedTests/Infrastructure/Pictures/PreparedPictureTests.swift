import CTurboJPEG
import Testing

@testable import Pictures

@Suite("Pictures that are shown")
struct PreparedPictureTests {
    /// The pixels of a rendition, as a browser would see them.
    private func pixels(_ rendition: PreparedPicture.Rendition) throws -> Pixels {
        let header = try PictureHeader(of: rendition.bytes, as: .webp)
        #expect(header.size == PixelSize(width: rendition.width, height: rendition.height) && header.orientation == .upright)
        return try WebPCodec.pixels(of: header, size: header.size)
    }

    /// The colors in the middle of the four quarters, row by row.
    private func quarters(_ pixels: Pixels) -> [UInt32] {
        [1, 3].flatMap { row in
            [1, 3].map { column in pixels.values[pixels.height * row / 4 * pixels.width + pixels.width * column / 4] }
        }
    }

    /// Whether no part of a color is further from another than lossy formats carry it.
    private func isNear(_ one: UInt32, _ other: UInt32) -> Bool {
        [0, 8, 16, 24].allSatisfy { shift in
            (Int(one >> shift & 0xFF) - Int(other >> shift & 0xFF)).magnitude <= 24
        }
    }

    private func expectQuarters(of rendition: PreparedPicture.Rendition, _ colors: [UInt32]) throws {
        let found = quarters(try pixels(rendition))
        #expect(zip(found, colors).allSatisfy(isNear), "\(found.map { String($0, radix: 16) })")
    }

    private static let upright: [UInt32] = [0xFFFF_0000, 0xFF00_FF00, 0xFF00_00FF, 0xFFFF_FFFF]

    @Test("Each format comes out in three widths, and looks as before", arguments: PictureFormat.allCases)
    func formats(format: PictureFormat) throws {
        let drawn = PictureWriting.quarters(1_500, 1_000)
        let files =
            switch format {
            case .jpeg:
                try [
                    PictureWriting.jpeg(drawn), PictureWriting.jpeg(drawn, subsampling: TJSAMP_420, flags: TJFLAG_PROGRESSIVE),
                ]
            case .png: try [PictureWriting.png(drawn)]
            case .webp: try [WebPCodec.encoded(drawn), PictureWriting.losslessWebP(drawn)]
            }
        for file in files {
            let picture = try PreparedPicture(of: file, declaredAs: format)
            #expect(picture.format == format && picture.width == 1_500 && picture.height == 1_000)
            #expect(picture.renditions.map(\.width) == [320, 640, 1_280])
            #expect(picture.renditions.map(\.height) == [213, 427, 853])
            for rendition in picture.renditions { try expectQuarters(of: rendition, Self.upright) }
        }
    }

    @Test(
        "A picture is never enlarged, and never higher than twice its width",
        arguments: [
            (PixelSize(width: 1, height: 1), [PixelSize(width: 1, height: 1)]),
            (PixelSize(width: 200, height: 400), [PixelSize(width: 200, height: 400)]),
            (PixelSize(width: 300, height: 641), [PixelSize(width: 300, height: 641)]),
            (PixelSize(width: 321, height: 10), [PixelSize(width: 320, height: 10), PixelSize(width: 321, height: 10)]),
            (PixelSize(width: 100, height: 2_000), [(32, 640), (64, 1_280), (100, 2_000)].map { PixelSize(width: $0.0, height: $0.1) }),
            (PixelSize(width: 1, height: 16_383), [PixelSize(width: 1, height: 2_560)]),
            (PixelSize(width: 16_383, height: 1), [(320, 1), (640, 1), (1_280, 1)].map { PixelSize(width: $0.0, height: $0.1) }),
        ]
    )
    func sizes(size: PixelSize, expected: [PixelSize]) throws {
        let drawn = PictureWriting.quarters(size.width, size.height)
        for picture in [
            try PreparedPicture(drawn: drawn),
            try PreparedPicture(of: try PictureWriting.png(drawn), declaredAs: .png),
            try PreparedPicture(of: try PictureWriting.jpeg(drawn), declaredAs: .jpeg),
            try PreparedPicture(of: PictureWriting.losslessWebP(drawn), declaredAs: .webp),
        ] {
            #expect(picture.renditions.map { PixelSize(width: $0.width, height: $0.height) } == expected)
        }
    }

    @Test("A picture is turned as Exif says, in every format and byte order", arguments: 1...8)
    func orientation(number: Int) throws {
        // Where the quarters above left, above right, below left and below right come from.
        let places = [
            [0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1], [0, 2, 1, 3], [2, 0, 3, 1], [3, 1, 2, 0], [1, 3, 0, 2],
        ][number - 1]
        let drawn = PictureWriting.quarters(80, 40)
        for isBig in [true, false] {
            let exif = PictureWriting.exif(orientation: number, isBig: isBig)
            let jpeg = PictureWriting.adding(Array("Exif\0\0".utf8) + exif, marker: 0xE1, toJPEG: try PictureWriting.jpeg(drawn))
            let png = PictureWriting.adding("eXIf", exif, toPNG: try PictureWriting.png(drawn))
            let webp = PictureWriting.extended(
                PictureWriting.losslessWebP(drawn), flags: 0x08, width: 80, height: 40, [("EXIF", exif)])
            for (file, format) in [(jpeg, PictureFormat.jpeg), (png, .png), (webp, .webp)] {
                let picture = try PreparedPicture(of: file, declaredAs: format)
                #expect(picture.width == (number > 4 ? 40 : 80) && picture.height == (number > 4 ? 80 : 40))
                let rendition = try #require(picture.renditions.last)
                try expectQuarters(of: rendition, places.map { Self.upright[$0] })
                #expect(!String(decoding: rendition.bytes, as: UTF8.self).contains("GPS"))
            }
        }
    }

    @Test("An orientation that doesn't exist turns nothing", arguments: [0, 9, 65_535])
    func unknownOrientation(number: Int) throws {
        for isBig in [true, false] { #expect(Orientation(tiff: PictureWriting.exif(orientation: number, isBig: isBig)) == nil) }
    }

    @Test("A directory that counts more than there is ends with the data")
    func endlessDirectory() {
        #expect(Orientation(tiff: Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 255, 255]) == nil)
        let behind = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 255, 255] + [1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
        #expect(Orientation(tiff: behind) == .turnedRight)
    }

    @Test("Noise takes no more than other pictures, as far as that goes")
    func noise() throws {
        var random = SplitMix(state: 7)
        let values = (0..<1_280 * 1_280).map { _ in UInt32(truncatingIfNeeded: random.next()) | 0xFF00_0000 }
        let picture = try PreparedPicture(drawn: Pixels(width: 1_280, height: 1_280, values: values))
        #expect(picture.renditions.dropLast().allSatisfy { $0.bytes.count <= PictureLimits.renditionBytes })
        // The widest at the least quality; at the usual one it takes four times as much.
        #expect(try #require(picture.renditions.last).bytes.count < 1_000_000)
    }

    @Test("What isn't seen is gone: texts, places, scripts behind the end, profiles")
    func metadata() throws {
        let script = Array("<script>alert('GPS')</script>".utf8)
        let drawn = PictureWriting.quarters(64, 64)
        let jpeg = PictureWriting.adding(script, marker: 0xFE, toJPEG: try PictureWriting.jpeg(drawn)) + script
        let png = PictureWriting.adding("tEXt", Array("Comment\0".utf8) + script, toPNG: try PictureWriting.png(drawn)) + script
        let webp =
            PictureWriting.extended(
                PictureWriting.losslessWebP(drawn), flags: 0x2C, width: 64, height: 64, [("ICCP", script), ("XMP ", script)]) + script
        for (file, format) in [(jpeg, PictureFormat.jpeg), (png, .png), (webp, .webp)] {
            let picture = try PreparedPicture(of: file, declaredAs: format)
            for rendition in picture.renditions {
                #expect(!String(decoding: rendition.bytes, as: UTF8.self).contains("script"))
                try expectQuarters(of: rendition, Self.upright)
            }
        }
    }

    @Test("What can be seen through stays so")
    func transparency() throws {
        let drawn = PictureWriting.quarters(400, 400, alpha: 128)
        for (file, format) in [(try PictureWriting.png(drawn), PictureFormat.png), (PictureWriting.losslessWebP(drawn), .webp)] {
            for rendition in try PreparedPicture(of: file, declaredAs: format).renditions {
                try expectQuarters(of: rendition, Self.upright.map { $0 & 0x00FF_FFFF | 0x8000_0000 })
            }
        }
    }

    @Test("Printers' four inks become the screen's three lights")
    func ink() throws {
        // From the lowest byte up cyan, magenta, yellow, black, where 255 is none: red is all but cyan.
        let drawn = Pixels(width: 16, height: 16, values: [UInt32](repeating: 0xFF00_00FF, count: 256))
        let picture = try PreparedPicture(of: try PictureWriting.jpeg(drawn, isInk: true), declaredAs: .jpeg)
        try expectQuarters(of: try #require(picture.renditions.first), [UInt32](repeating: 0xFFFF_0000, count: 4))
    }

    @Test("The same file comes out the same each time")
    func repeatable() throws {
        let file = try PictureWriting.jpeg(PictureWriting.noise(300, 200, seed: 4))
        #expect(try PreparedPicture(of: file, declaredAs: .jpeg) == PreparedPicture(of: file, declaredAs: .jpeg))
    }
}
