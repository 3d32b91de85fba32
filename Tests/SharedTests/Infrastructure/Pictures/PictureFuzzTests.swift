import CTurboJPEG
import Testing

@testable import Pictures

/// Whatever the bytes are, there is an answer: a picture within its bounds, or a fault. A library that read or wrote where it mustn't would
/// end the process.
@Suite("Pictures of any bytes")
struct PictureFuzzTests {
    private static let drawn = PictureWriting.quarters(24, 17)

    private static func files() throws -> [(PictureFormat, [UInt8])] {
        let noise = PictureWriting.noise(24, 17, seed: 9)
        return [
            (.jpeg, try PictureWriting.jpeg(drawn, subsampling: TJSAMP_420)),
            (.jpeg, try PictureWriting.jpeg(noise, flags: TJFLAG_PROGRESSIVE)),
            (.jpeg, try PictureWriting.jpeg(noise, isInk: true)),
            (.png, try PictureWriting.png(noise)),
            (.png, PictureWriting.adding("eXIf", PictureWriting.exif(orientation: 6, isBig: true), toPNG: try PictureWriting.png(drawn))),
            (.webp, try WebPCodec.encoded(noise)),
            (.webp, try WebPCodec.encoded(PictureWriting.quarters(24, 17, alpha: 99))),
            (.webp, PictureWriting.losslessWebP(noise)),
        ]
    }

    @Test("Mutated files are pictures or faults", arguments: 0..<8)
    func mutated(number: Int) throws {
        let (format, file) = try Self.files()[number]
        var generator = SplitMix(state: UInt64(number) &+ 77)
        var (shown, refused) = (0, 0)
        for _ in 0..<1_500 {
            var bytes = file
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                guard let place = bytes.indices.randomElement(using: &generator) else { break }
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &generator) ?? 0
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(.random(in: .min ... .max, using: &generator), at: place)
                default:
                    let end = min(bytes.count, place + Int.random(in: 1...16, using: &generator))
                    bytes.insert(contentsOf: bytes[place..<end], at: bytes.indices.randomElement(using: &generator) ?? 0)
                }
            }
            // PNG's checksums would keep nearly all from the decoder.
            if format == .png, Bool.random(using: &generator) { bytes = PictureWriting.withTrueChecksums(bytes) }
            do throws(PictureFault) {
                let picture = try PreparedPicture(of: bytes, declaredAs: PictureFormat(of: bytes) ?? format)
                shown += 1
                #expect((1...3).contains(picture.renditions.count) && picture.width * picture.height <= PictureLimits.pixels)
                #expect(picture.renditions.allSatisfy { $0.width <= 1_280 && $0.height <= 2_560 && !$0.bytes.isEmpty })
            } catch {
                refused += 1
                #expect(error != .outOfMemory)
            }
        }
        #expect(shown > 0 && refused > 0, "\(format): \(shown) shown, \(refused) refused")
    }

    @Test("Any bytes behind a true beginning are pictures or faults")
    func anything() throws {
        var generator = SplitMix(state: 5)
        var refused = 0
        for (format, file) in try Self.files() {
            for _ in 0..<500 {
                let begin = file.prefix(.random(in: 12...min(64, file.count), using: &generator))
                let rest = (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                do throws(PictureFault) {
                    _ = try PreparedPicture(of: begin + rest, declaredAs: format)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 3_000)
    }
}
