package import Callers
package import Foundation

/// Somebody who makes movies or plays in them. Several people may have one name.
package struct Person: Hashable, Sendable {
    package let id: Int64
    package let name: String
    /// Stage names, and the name in other languages.
    package let otherNames: [String]
    package let biography: String?
    package let portrait: ShownPicture?
    package let createdAt: Date
    /// Raised by every change; the resource's ETag.
    package let version: Int64
}

/// A person that an administrator adds. The bounds of single fields have been checked with the request body.
package struct NewPerson: Hashable, Sendable {
    package var name: String
    package var otherNames: [String]
    package var biography: String?

    package init(name: String, otherNames: [String] = [], biography: String? = nil) {
        self.name = name
        self.otherNames = otherNames
        self.biography = biography
    }

    func check() throws {
        try name.requirePlainLine(at: "/name")
        try otherNames.requireDistinctNames(at: "/other_names")
    }
}

/// A change of some fields of a person; `nil` leaves a field as it is.
package struct PersonChange: Hashable, Sendable {
    package var name: String?
    package var otherNames: [String]?
    /// `.some(nil)`: none.
    package var biography: String??

    package init(name: String? = nil, otherNames: [String]? = nil, biography: String?? = nil) {
        self.name = name
        self.otherNames = otherNames
        self.biography = biography
    }

    func check() throws {
        try name?.requirePlainLine(at: "/name")
        try otherNames?.requireDistinctNames(at: "/other_names")
    }
}

/// A movie in which somebody has a part.
package struct PersonCredit: Hashable, Sendable {
    package let movie: Movie
    /// Its place among the movie's credits.
    let place: Int
    package let role: Credit.Role
    package let character: String?
}

extension Refusal {
    /// The person has a part in a movie.
    package static let personInUse = Refusal(.conflict, "person_in_use")
}
