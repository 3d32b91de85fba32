package import Callers

extension Refusal {
    /// Both a district's name and an id were given, and they are of different districts.
    package static let districtMismatch = Refusal(.invalid(pointer: "/district_id"), "district_mismatch")

    /// Another division has the code at that time.
    package static let divisionCodeTaken = Refusal(.conflict, "division_code_taken")

    /// The division is no longer there.
    package static let divisionRetired = Refusal(.conflict, "division_retired")

    /// Only what refers to a division that is no longer there can be moved.
    package static let divisionNotRetired = Refusal(.conflict, "division_not_retired")

    /// The day lies in the future, or before the division was there.
    package static let divisionDayInvalid = Refusal(.invalid(pointer: "/day"), "division_day_invalid")

    /// A division can't become a part of itself.
    package static let divisionIsItself = Refusal(.invalid(pointer: "/into_id"), "division_is_itself")

    /// What refers to a division goes to what it became.
    package static let divisionNotSuccessor = Refusal(.invalid(pointer: "/to_id"), "division_not_successor")

    static func divisionNotSuccessor(_ heirs: [Int64]) -> Refusal {
        divisionNotSuccessor.with("successor_ids", .numbers(heirs))
    }

    package static func divisionUnknown(at pointer: String = "") -> Refusal {
        Refusal(.invalid(pointer: pointer), "division_unknown")
    }

    package static func divisionLevelDiffers(at pointer: String = "") -> Refusal {
        Refusal(.invalid(pointer: pointer), "division_level_differs")
    }
}
