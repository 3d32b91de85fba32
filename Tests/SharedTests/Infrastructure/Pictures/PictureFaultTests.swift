import CTurboJPEG
import Testing

@testable import Pictures

@Suite("Pictures that are refused")
struct PictureFaultTests {
    private func fault(_ bytes: [UInt8], as format: PictureFormat) -> PictureFault? {
        do throws(PictureFault) {
            _ = try PreparedPicture(of: bytes, declaredAs: format)
            return nil
        } catch {
            return error
        }
    }

    private static let drawn = PictureWriting.quarters(40, 30)

    private static func files() throws -> [(PictureFormat, [UInt8])] {
        [
            (.jpeg, try PictureWriting.jpeg(drawn)), (.jpeg, try PictureWriting.jpeg(drawn, flags: TJFLAG_PROGRESSIVE)),
            (.png, try PictureWriting.png(drawn)), (.webp, try WebPCodec.encoded(drawn)), (.webp, PictureWriting.losslessWebP(drawn)),
        ]
    }

    @Test(
        "What is no picture of the three formats has a fault of its own",
        arguments: [
            "", "GIF89a\u{1}\0\u{1}\0", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "%PDF-1.7", "RIFF\0\0\0\0WAVE", "BM", "\0\0\u{1}\0",
        ]
    )
    func unknown(text: String) {
        for format in PictureFormat.allCases { #expect(fault(Array(text.utf8), as: format) == .unknownFormat) }
    }

    @Test("A file of another format than its sender says is refused with its real one")
    func mislabelled() throws {
        for (format, file) in try Self.files() {
            for declared in PictureFormat.allCases where declared != format { #expect(fault(file, as: declared) == .mislabelled(format)) }
        }
    }

    @Test("A file that ends too early is broken, wherever it ends")
    func truncated() throws {
        for (format, file) in try Self.files() {
            for length in 12..<file.count { #expect(fault(Array(file.prefix(length)), as: format) == .broken, "\(format) \(length)") }
        }
    }

    @Test("Moving pictures are refused")
    func animated() throws {
        let png = PictureWriting.adding(
            "acTL", PictureWriting.big32(2) + PictureWriting.big32(0), toPNG: try PictureWriting.png(Self.drawn))
        #expect(fault(png, as: .png) == .animated)
        let still = PictureWriting.losslessWebP(Self.drawn)
        #expect(fault(PictureWriting.extended(still, flags: 0x02, width: 40, height: 30), as: .webp) == .animated)
        let hidden = PictureWriting.extended(still, flags: 0, width: 40, height: 30, [("ANIM", [0, 0, 0, 0, 0, 0])])
        #expect(fault(hidden, as: .webp) == .animated)
    }

    /// A PNG whose header says a size, with a true checksum.
    private func png(claiming width: Int, _ height: Int) throws -> [UInt8] {
        let file = try PictureWriting.png(Self.drawn)
        let header = PictureWriting.big32(width) + PictureWriting.big32(height) + file[24..<29]
        return Array(file.prefix(8)) + PictureWriting.pngChunk("IHDR", header) + file.dropFirst(33)
    }

    /// A JPEG whose frame says a size.
    private func jpeg(claiming width: Int, _ height: Int, flags: Int32 = 0) throws -> [UInt8] {
        var file = try PictureWriting.jpeg(Self.drawn, flags: flags)
        let frame = try #require(file.indices.first { file[$0] == 0xFF && [0xC0, 0xC2].contains(file[$0 + 1]) })
        let size = [height >> 8, height & 0xFF, width >> 8, width & 0xFF].map { UInt8($0) }
        file.replaceSubrange(frame + 5..<frame + 9, with: size)
        return file
    }

    /// A lossless WebP whose picture says a size.
    private func webp(claiming width: Int, _ height: Int) -> [UInt8] {
        var file = PictureWriting.losslessWebP(Self.drawn)
        file.replaceSubrange(21..<25, with: PictureWriting.little(width - 1 | (height - 1) << 14, 4))
        return file
    }

    @Test("Too many pixels and too long sides are refused before anything is decoded")
    func tooLarge() throws {
        for (width, height) in [(1, 60_000), (60_000, 1), (6_400, 6_400), (65_535, 65_535)] {
            #expect(fault(try png(claiming: width, height), as: .png) == .tooLarge)
            #expect(fault(try jpeg(claiming: width, height), as: .jpeg) == .tooLarge)
        }
        for side in [1 << 24, 1 << 31, Int(UInt32.max)] { #expect(fault(try png(claiming: side, side), as: .png) == .tooLarge) }
        #expect(fault(webp(claiming: 16_384, 16_384), as: .webp) == .tooLarge)
        let heavy = try PictureWriting.png(Self.drawn) + [UInt8](repeating: 0, count: PictureLimits.bytes)
        #expect(fault(heavy, as: .png) == .tooLarge)
    }

    @Test("Pictures without pixels are broken")
    func empty() throws {
        for (width, height) in [(0, 0), (0, 30), (40, 0)] {
            #expect(fault(try png(claiming: width, height), as: .png) == .broken)
            #expect(fault(try jpeg(claiming: width, height), as: .jpeg) == .broken)
        }
    }

    @Test("Headers that promise more than there is are broken")
    func lying() throws {
        for (width, height) in [(6_000, 6_000), (41, 31), (16_000, 1)] {
            #expect(fault(try png(claiming: width, height), as: .png) == .broken)
            #expect(fault(try jpeg(claiming: width, height), as: .jpeg) == .broken)
            #expect(fault(webp(claiming: width, height), as: .webp) == .broken)
        }
        #expect(fault(try jpeg(claiming: 6_000, 6_000, flags: TJFLAG_PROGRESSIVE), as: .jpeg) == .broken)
        let still = PictureWriting.losslessWebP(Self.drawn)
        #expect(fault(PictureWriting.extended(still, flags: 0, width: 16_000, height: 16_000), as: .webp) == .broken)
    }

    @Test("A JPEG that goes over its pixels too often is refused")
    func scans() throws {
        let file = try PictureWriting.jpeg(Self.drawn, flags: TJFLAG_PROGRESSIVE)
        let start = try #require(file.indices.last { file[$0] == 0xFF && file[$0 + 1 < file.count ? $0 + 1 : $0] == 0xDA })
        #expect(fault(file, as: .jpeg) == nil)
        let scans = [[UInt8]](repeating: Array(file[start..<file.count - 2]), count: PictureLimits.scans)
        #expect(fault(Array(file.dropLast(2)) + scans.joined() + [0xFF, 0xD9], as: .jpeg) == .tooLarge)
    }

    @Test("Forty megapixels of one color, which fit into a few kilobytes, are shown")
    func bombs() throws {
        let side = 6_324
        let file = try PictureWriting.grayPNG([UInt8](repeating: 90, count: side * side), width: side, height: side)
        #expect(file.count < 200_000)
        let picture = try PreparedPicture(of: file, declaredAs: .png)
        #expect(picture.renditions.map(\.width) == [320, 640, 1_280])
    }

    @Test("Texts and profiles that would unpack to anything never reach the decoder")
    func textBombs() throws {
        // A zlib stream that ends nowhere; libpng would complain of a profile like this.
        let packed = Array("name\0\0".utf8) + [0x78, 0x9C] + [UInt8](repeating: 0x55, count: 200_000)
        let still = try PictureWriting.png(Self.drawn)
        for name in ["zTXt", "iTXt", "iCCP"] {
            let header = try PictureHeader(of: PictureWriting.adding(name, packed, toPNG: still), as: .png)
            #expect(header.content.count <= still.count)
        }
    }
}
