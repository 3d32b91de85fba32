import Callers
import Database

/// A person's part in a movie.
package struct Credit: Hashable, Sendable, Codable {
    /// What the person did.
    package enum Role: String, CaseIterable, Sendable, Codable, PostgresCodable {
        case director
        case actor
    }

    package let name: String
    package let role: Role

    package init(name: String, role: Role) {
        self.name = name
        self.role = role
    }
}

extension [Credit] {
    /// Checks that these are people with names, none of them twice in one role.
    ///
    /// - Throws: ``Refusal`` that points at the first wrong one.
    func requireDistinctPeople() throws {
        var seen: Set<Credit> = []
        for (index, credit) in enumerated() {
            try credit.name.requirePlainLine(at: "/people/\(index)/name")
            guard seen.insert(credit).inserted else { throw Refusal.repeated(credit.name, at: "/people/\(index)") }
        }
    }
}
