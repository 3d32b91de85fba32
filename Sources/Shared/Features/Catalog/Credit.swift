package import Callers
import Database

/// A person's part in a movie.
package struct Credit: Hashable, Sendable {
    /// What the person did.
    package enum Role: String, CaseIterable, Sendable, Codable, PostgresCodable {
        case director
        case writer
        case producer
        case actor
        case composer
        case cinematographer
        case editor
    }

    package let personID: Int64
    package let name: String
    package let role: Role
    /// Whom an actor plays.
    package let character: String?
    package let portrait: ShownPicture?
}

/// A part that a movie gets. The person is named by its id, or by a name: then it is the one person of that name, or a new one.
package struct NewCredit: Hashable, Sendable {
    package let personID: Int64?
    /// Beside an id it has to be that person's name.
    package let name: String?
    package let role: Credit.Role
    package let character: String?

    package init(personID: Int64? = nil, name: String? = nil, role: Credit.Role, character: String? = nil) {
        self.personID = personID
        self.name = name
        self.role = role
        self.character = character
    }
}

/// A company's part in a movie.
package struct MovieCompany: Hashable, Sendable {
    /// What the company did.
    package enum Role: String, CaseIterable, Sendable, PostgresCodable {
        case production
        case distribution
    }

    package let companyID: Int64
    package let name: String
    package let role: Role
}

/// A part that a movie's company gets. It is named by its id, or by its name, which is unique: a new name makes a company.
package struct NewMovieCompany: Hashable, Sendable {
    package let companyID: Int64?
    /// Beside an id it has to be that company's name.
    package let name: String?
    package let role: MovieCompany.Role

    package init(companyID: Int64? = nil, name: String? = nil, role: MovieCompany.Role) {
        self.companyID = companyID
        self.name = name
        self.role = role
    }
}

extension Refusal {
    /// Several people have the name of a credit.
    package static func personAmbiguous(at place: Int, ids: [Int64]) -> Refusal {
        Refusal(.invalid(pointer: "/people/\(place)/name"), "person_ambiguous").with("person_ids", .numbers(ids))
    }

    package static func personUnknown(at place: Int) -> Refusal {
        Refusal(.invalid(pointer: "/people/\(place)/person_id"), "person_unknown")
    }

    /// A credit has an id and a name that belong to two people, or to two companies.
    package static func nameDiffers(at pointer: String, name: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "name_differs").with("name", .text(name))
    }

    package static func movieCompanyUnknown(at place: Int) -> Refusal {
        Refusal(.invalid(pointer: "/companies/\(place)/company_id"), "company_unknown")
    }
}
