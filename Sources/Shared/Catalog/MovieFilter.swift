/// Which movies a list is about, and in which order.
package struct MovieFilter: Hashable, Sendable {
    /// The order of a list; movies that are equal in it follow each other by id.
    package enum Order: String, CaseIterable, Sendable {
        /// Newest first.
        case newest = "-release_date"
        case oldest = "release_date"
        case title
    }

    package var state: MovieState?
    /// A part of the title, in any case of letters.
    package var titlePart: String?
    package var order: Order

    package init(state: MovieState? = nil, titlePart: String? = nil, order: Order = .newest) {
        self.state = state
        self.titlePart = titlePart
        self.order = order
    }

    /// The title's part as a pattern of LIKE, in which `%`, `_` and `\` mean themselves.
    var titlePattern: String? {
        titlePart.map { part in
            let escaped =
                part
                .replacing("\\", with: "\\\\")
                .replacing("%", with: "\\%")
                .replacing("_", with: "\\_")
            return "%\(escaped)%"
        }
    }
}
