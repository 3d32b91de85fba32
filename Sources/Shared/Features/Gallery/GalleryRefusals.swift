package import Callers
import Pictures

extension Refusal {
    /// The bytes are of none of the formats that are read.
    package static let pictureTypeUnknown = Refusal(.invalid(pointer: ""), "picture_type_unknown")

    /// The bytes are of another format than the Content-Type says.
    package static let pictureMislabelled = Refusal(.invalid(pointer: ""), "picture_mislabelled")

    /// The bytes break the rules of their format, or end too early.
    package static let pictureBroken = Refusal(.invalid(pointer: ""), "picture_broken")

    /// There are several pictures, shown one after the other.
    package static let pictureAnimated = Refusal(.invalid(pointer: ""), "picture_animated")

    /// Too many pixels, or a side that is too long.
    package static let pictureTooLarge = Refusal(.invalid(pointer: ""), "picture_too_large")
        .with("maximum_pixels", .number(Int64(PictureLimits.pixels))).with("maximum_side", .number(Int64(PictureLimits.side)))

    /// What an upload can be refused for.
    package static let ofPictures = [pictureTypeUnknown, pictureMislabelled, pictureBroken, pictureAnimated, pictureTooLarge]

    /// No picture has this hash: it was never uploaded, or nothing has shown it for so long that it was deleted.
    package static let pictureUnknown = pictureUnknown(at: "")

    static func pictureUnknown(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "picture_unknown")
    }

    /// The same picture stands twice in a list.
    package static let pictureRepeated = pictureRepeated(at: "")

    static func pictureRepeated(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "picture_repeated")
    }

    init(_ fault: PictureFault) {
        self =
            switch fault {
            case .unknownFormat: .pictureTypeUnknown
            case .mislabelled(let format): .pictureMislabelled.with("found", .text(format.mediaType))
            case .broken: .pictureBroken
            case .animated: .pictureAnimated
            case .tooLarge: .pictureTooLarge
            case .outOfMemory: .busy
            }
    }
}
