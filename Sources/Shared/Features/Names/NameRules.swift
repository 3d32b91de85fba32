package import Callers
import Text

extension String {
    /// Checks that this text may be a name. Its length has been checked with the request body.
    ///
    /// - Throws: ``Refusal`` that points at the field.
    func requirePlainLine(at pointer: String) throws {
        guard isPlainLine else { throw Refusal.nameInvalid(at: pointer) }
    }
}

extension [String] {
    /// Checks that these are names, none of them twice.
    ///
    /// - Throws: ``Refusal`` that points at the first wrong one.
    func requireDistinctNames(at pointer: String) throws {
        var seen: Set<String> = []
        for (index, name) in enumerated() {
            try name.requirePlainLine(at: "\(pointer)/\(index)")
            guard seen.insert(name).inserted else { throw Refusal.repeated(name, at: "\(pointer)/\(index)") }
        }
    }
}

extension Refusal {
    package static func nameInvalid(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "name_invalid")
    }

    static func repeated(_ name: String, at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "repeated").with("value", .text(name))
    }
}
