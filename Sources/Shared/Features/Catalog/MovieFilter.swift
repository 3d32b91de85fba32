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
    /// A part of the title, as anybody may type it: in any case of letters, and however accents and full width are written.
    package var titlePart: String?
    package var order: Order

    package init(state: MovieState? = nil, titlePart: String? = nil, order: Order = .newest) {
        self.state = state
        self.titlePart = titlePart
        self.order = order
    }

    /// What somebody meant who typed the title's part; `nil` where that is nothing.
    var wantedTitle: String? {
        titlePart.map(\.forgiven).flatMap { $0.isEmpty ? nil : $0 }
    }
}
