package import HTTP
package import Shared

/// Pictures as all services show them.
package enum PictureShape {
    static let hashExample = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    /// A picture of something.
    package static let picture = Shape<ShownPicture>(
        "Picture",
        .text("hash", "Its name: the SHA-256 of the file that was uploaded.", example: hashExample) { $0.hash.text },
        .int("width", "Of the original, in pixels.", example: "2000") { $0.width },
        .int("height", "Of the original, in pixels.", example: "3000") { $0.height },
        .text(
            "url", "Where it is, on this service; `?width=` asks for a narrower one.", example: "/v1/images/\(hashExample)"
        ) { ImageEndpoints.path.path(of: $0.hash.text) }
    )

    private static let rendition = Shape<StoredPicture.Size>(
        "PictureSize",
        .int("width", "Pixels.", example: "640") { $0.width },
        .int("height", "Pixels.", example: "960") { $0.height },
        .int("bytes", "Length of the file.", example: "48211") { $0.byteCount }
    )

    /// A picture that was uploaded.
    package static let uploaded = Shape<StoredPicture>(
        "UploadedPicture",
        .text("hash", "Its name: the SHA-256 of the file that was uploaded.", example: hashExample) { $0.hash.text },
        .int("width", "Of the original as it is looked at, in pixels.", example: "2000") { $0.width },
        .int("height", "Of the original as it is looked at, in pixels.", example: "3000") { $0.height },
        .text(
            "url", "Where it is, on this service; `?width=` asks for a narrower one.", example: "/v1/images/\(hashExample)"
        ) { ImageEndpoints.path.path(of: $0.hash.text) },
        .list("sizes", rendition, "The sizes in which it is there, the narrowest first.") { $0.renditions }
    )
}

/// Bodies that name pictures.
package enum PictureBody {
    private static let hash = FieldKind<PictureHash>.parsed(
        schema: .text(64...64, format: nil, pattern: "^[0-9a-f]{64}$"), length: 64...64, fault: ValueFault("invalid"),
        parse: { PictureHash($0) }, present: { $0.text })

    /// Which pictures a movie has.
    package struct MoviePictures: Sendable {
        package let poster: PictureHash?
        package let stills: [PictureHash]
    }

    package static let ofMovie = Body<MoviePictures>(
        "MoviePictures",
        Field<PictureHash?>.nullable("poster", hash, "The hash of the poster that was uploaded.", example: PictureShape.hashExample),
        Field<[PictureHash]>.defaulted(
            "stills", .array(of: hash, 0...20), "The hashes of the stills, in the order in which they are shown.",
            default: [] as [PictureHash],
            example: "[]")
    ) { MoviePictures(poster: $0, stills: $1) }

    package static let portrait = Body<PictureHash?>(
        "Portrait",
        Field<PictureHash?>.nullable("portrait", hash, "The hash of the portrait that was uploaded.", example: PictureShape.hashExample)
    ) { $0 }

    package static let photos = Body<[PictureHash]>(
        "Photos",
        Field<[PictureHash]>.required(
            "photos", .array(of: hash, 0...20), "The hashes of the photos that were uploaded, in the order in which they are shown.",
            example: "[\"\(PictureShape.hashExample)\"]")
    ) { $0 }
}
