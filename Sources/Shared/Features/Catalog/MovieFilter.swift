import Text

/// Which movies a list contains, and in which order.
package struct MovieFilter: Hashable, Sendable {
    /// The order of a list; movies that are equal by it are sorted by id.
    package enum Order: String, CaseIterable, Sendable {
        /// What fits best to the text first; without a text newest first.
        case relevance
        /// Newest first.
        case newest = "-release_date"
        case oldest = "release_date"
        case title
        /// By tickets for showtimes of the last seven days and of those to come, most first.
        case popularity = "-popularity"
    }

    package var state: MovieState?
    /// What somebody types to find movies by their titles.
    package var text: String?
    package var order: Order

    package init(state: MovieState? = nil, text: String? = nil, order: Order = .relevance) {
        self.state = state
        self.text = text
        self.order = order
    }
}
