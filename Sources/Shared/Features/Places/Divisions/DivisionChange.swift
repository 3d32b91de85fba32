import Callers
import Database
import Text

/// What became of a division that is no longer there. One without a successor was abolished.
package enum DivisionChange: String, CaseIterable, Sendable, PostgresCodable {
    /// It has another name and the same code.
    case renamed
    /// It has another code, because it became something of another kind.
    case recoded
    /// It is a part of another one.
    case merged
    /// Others lie where it was.
    case split
}

/// A step of a division's history.
package struct DivisionLink: Hashable, Sendable {
    package let divisionID: Int64
    package let successorID: Int64
    package let change: DivisionChange
}

/// The rules of changing divisions.
enum DivisionRules {
    /// The day on which a change of a division holds: today unless given, never in the future, and not before the division was there.
    ///
    /// - Parameter others: the divisions that have to be there on that day, too.
    /// - Throws: ``Refusal/divisionRetired``, ``Refusal/divisionDayInvalid``.
    static func day(
        _ given: CalendarDay?, of division: AdministrativeDivision, and others: [AdministrativeDivision] = [], today: CalendarDay
    ) throws -> CalendarDay {
        let day = given ?? today
        guard !([division] + others).contains(where: \.isRetired) else { throw Refusal.divisionRetired }
        guard day <= today, ([division] + others).allSatisfy({ $0.validFrom.map { $0 <= day } ?? true }) else {
            throw Refusal.divisionDayInvalid
        }
        return day
    }

    /// Where the things of a retired division may go: what became of it in the end, by id.
    ///
    /// - Parameters:
    ///   - links: of it and of all that followed.
    ///   - retired: which of these are no longer there either.
    static func heirs(of id: Int64, links: [DivisionLink], retired: Set<Int64>) -> [Int64] {
        let successors = Dictionary(grouping: links, by: \.divisionID)
        var seen: Set<Int64> = [id]
        var open = [id]
        var heirs: [Int64] = []
        while let next = open.popLast() {
            for link in successors[next, default: []] where seen.insert(link.successorID).inserted {
                if retired.contains(link.successorID) { open.append(link.successorID) } else { heirs.append(link.successorID) }
            }
        }
        return heirs.sorted()
    }
}

/// The district that a cinema lies in.
package struct ChosenDistrict: Hashable, Sendable {
    /// `nil` where the divisions have no districts for the city, or none was named.
    package let id: Int64?
    package let name: String

    /// Finds what a merchant chose by name, by id, or by both.
    ///
    /// - Parameter districts: those of the city that are there now.
    /// - Throws: ``Refusal/districtOutsideCity``, ``Refusal/districtMismatch``.
    init(name: String, id: Int64?, among districts: [AdministrativeDivision]) throws {
        if let id {
            guard let district = districts.first(where: { $0.id == id }) else {
                throw Refusal(.invalid(pointer: "/district_id"), Refusal.districtOutsideCity.code)
            }
            guard name.isEmpty || name == district.name else { throw Refusal.districtMismatch }
            self.init(id: id, name: district.name)
        } else if let district = districts.first(where: { $0.name == name }) {
            self.init(id: district.id, name: name)
        } else {
            guard name.isEmpty || districts.isEmpty else { throw Refusal.districtOutsideCity }
            self.init(id: nil, name: name)
        }
    }

    init(id: Int64?, name: String) {
        self.id = id
        self.name = name
    }
}
