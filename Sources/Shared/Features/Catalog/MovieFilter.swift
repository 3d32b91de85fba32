import Text

/// Which movies a list contains, and in which order.
package struct MovieFilter: Hashable, Sendable {
    /// The order of a list; movies that are equal by it are sorted by id.
    package enum Order: String, CaseIterable, Sendable {
        /// Newest first.
        case newest = "-release_date"
        case oldest = "release_date"
        case title
        /// By tickets for showtimes of the last seven days and of those to come, most first.
        case popularity = "-popularity"
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

    /// ``titlePart`` with typing differences removed; `nil` when nothing is left of it.
    var wantedTitle: String? {
        titlePart.map(\.forgiven).flatMap { $0.isEmpty ? nil : $0 }
    }
}
