import Callers
package import HTTP
package import Shared

/// Uploading pictures, by merchants for their cinemas and halls, and by the platform's people for everything.
package struct ImageUploadEndpoints: Sendable {
    private let gallery: Gallery
    private let places: Places
    private let writes: Writes

    package init(gallery: Gallery, places: Places, writes: Writes) {
        self.gallery = gallery
        self.places = places
        self.writes = writes
    }

    package var all: [Endpoint] { [upload] }

    private static let file = FileDeclaration(
        types: Gallery.mediaTypes, "A picture of at most 5 MB and 40 megapixels, as a file.")

    var upload: Endpoint {
        Endpoint(
            .post, "/v1/images",
            "Uploads a picture, which then can be shown of something; one that nothing shows is deleted after a while. "
                + "It is turned as Exif says and encoded anew without metadata, in up to three widths. The same file twice is one picture.",
            name: "uploadImage",
            access: .permission(.images, .write),
            rateLimit: .upload,
            file: Self.file,
            maximumBodyBytes: Gallery.maximumBytes,
            answers: .created(PictureShape.uploaded, at: ImageEndpoints.path, \.hash.text),
            refusals: Refusal.ofPictures + [.quotaReached]
        ) { call in
            let merchantID = try call.scope.merchantID
            let upload = try await gallery.prepare(
                call.body.bytes, contentType: call.body.contentType, sender: try call.principal.accountID)
            let picture = try await writes.perform(
                call, audit: call.audit(.pictureUploaded) { .picture($0.hash) }
            ) { transaction in
                try await gallery.add(upload, merchantID: merchantID, in: transaction) {
                    if let merchantID { try await places.requireRoomForPicture(of: merchantID, in: transaction) }
                }
            }
            return .created(picture)
        }
    }
}
