import Database

/// A thing that has pictures.
package struct PictureSubject: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case movie
        case person
        case cinema
        case hall
    }

    package let kind: Kind
    package let id: Int64

    package static func movie(_ id: Int64) -> PictureSubject { PictureSubject(kind: .movie, id: id) }
    package static func person(_ id: Int64) -> PictureSubject { PictureSubject(kind: .person, id: id) }
    package static func cinema(_ id: Int64) -> PictureSubject { PictureSubject(kind: .cinema, id: id) }
    package static func hall(_ id: Int64) -> PictureSubject { PictureSubject(kind: .hall, id: id) }
}

/// What a picture is of its subject.
package enum PictureRole: String, CaseIterable, Sendable {
    /// Of a movie; it has one at most.
    case poster
    /// Of a movie, in order.
    case still
    /// Of a person; there is one at most.
    case portrait
    /// Of a cinema or a hall, in order.
    case photo
}
