import Callers
package import Database
package import HTTP
package import Shared

/// The pictures themselves, for everybody, in every service.
package struct ImageEndpoints: Sendable {
    private let gallery: Gallery
    private let pool: PostgresPool

    package init(gallery: Gallery, pool: PostgresPool) {
        self.gallery = gallery
        self.pool = pool
    }

    package var all: [Endpoint] { [show] }

    /// The path of a picture.
    package static let path: PathTemplate = "/v1/images/{hash}"

    private static let width = QueryParameter(
        "width", .int(1...4_096), "The least that it should be wide, in pixels; the widest there is unless given.", example: "640")

    var show: Endpoint {
        Endpoint(
            .get, Self.path, "Gives a picture, as WebP.",
            access: .open,
            rateLimit: .picture,
            query: [Self.width],
            caching: .unchanging,
            answers: .file(contentType: "image/webp")
        ) { call in
            guard let hash = PictureHash(try call[.text("hash")]) else { throw Refusal.notFound }
            let rendition = try await gallery.rendition(hash, width: try call[Self.width], in: pool)
            return .file(rendition.bytes, etag: .opaque("\(hash.text)-\(rendition.width)"))
        }
    }
}
