package import Callers
package import Database
package import Text

/// Administrative divisions, as the platform's people keep them.
///
/// Nothing of a division changes but its end: what is renamed, recoded, merged or split ends on a day, and its successors are named. What
/// refers to it stays there until it is moved.
package struct Divisions: Sendable {
    private let store = DivisionStore()
    private let references = DivisionReferenceStore()

    package init() {}

    /// A page of the divisions by code, with their histories.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func divisions(_ filter: DivisionFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<
        DivisionRecord
    > {
        let page = try await store.divisions(filter, page: page, in: session)
        return Page(items: try await records(of: page.items, in: session), next: page.next)
    }

    /// - Throws: ``Refusal/notFound``.
    package func division(_ id: Int64, in session: some PostgresSession) async throws -> DivisionRecord {
        guard let record = try await records(of: store.divisions(ids: [id], in: session), in: session).first else { throw Refusal.notFound }
        return record
    }

    /// What refers to a division. Those of a retired one should be moved.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/cursorInvalid``.
    package func references(to id: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<DivisionReference> {
        guard try await !store.divisions(ids: [id], in: session).isEmpty else { throw Refusal.notFound }
        return try await references.references(to: id, page: page, in: session)
    }

    private func records(of divisions: [AdministrativeDivision], in session: some PostgresSession) async throws -> [DivisionRecord] {
        let links = try await store.links(of: divisions.map(\.id), in: session)
        let others = Set(links.flatMap { [$0.divisionID, $0.successorID] }).sorted()
        let named = Dictionary(uniqueKeysWithValues: try await store.divisions(ids: others, in: session).map { ($0.id, $0) })
        return divisions.map { division in
            DivisionRecord(
                division: division,
                predecessors: links.filter { $0.successorID == division.id }.compactMap { link in
                    named[link.divisionID].map { DivisionRecord.Step(division: $0, change: link.change) }
                },
                successors: links.filter { $0.divisionID == division.id }.compactMap { link in
                    named[link.successorID].map { DivisionRecord.Step(division: $0, change: link.change) }
                }
            )
        }
    }
}

// MARK: - Changes

extension Divisions {
    /// Adds a division.
    ///
    /// - Parameter day: its first day; `nil` for one that was there before all that is known.
    /// - Throws: ``Refusal/divisionCodeTaken``, ``Refusal/divisionDayInvalid``.
    package func add(_ new: NewDivision, from day: CalendarDay?, in transaction: PostgresTransaction) async throws -> DivisionRecord {
        if let day {
            guard try await day <= store.today(in: transaction) else { throw Refusal.divisionDayInvalid }
        }
        let added = try await refusingTakenCodes { try await store.add(new, from: day, in: transaction) }
        return DivisionRecord(division: added, predecessors: [], successors: [])
    }

    /// Gives a division another name.
    ///
    /// - Returns: its successor.
    /// - Throws: as ``replace(_:with:on:by:in:)``.
    package func rename(_ id: Int64, _ name: String, on day: CalendarDay?, in transaction: PostgresTransaction) async throws
        -> DivisionRecord
    {
        try await replace(id, on: day, by: .renamed, in: transaction) { old in
            guard let code = DivisionCode(old.code) else { throw Defect("a division has a code that is none") }
            return [NewDivision(code: code, name: name, point: old.point)]
        }
    }

    /// Gives a division another code, and another name if need be.
    ///
    /// - Returns: its successor.
    /// - Throws: as ``replace(_:with:on:by:in:)``.
    package func recode(
        _ id: Int64, _ code: DivisionCode, name: String?, on day: CalendarDay?, in transaction: PostgresTransaction
    ) async throws -> DivisionRecord {
        try await replace(id, on: day, by: .recoded, in: transaction) { old in
            [NewDivision(code: code, name: name ?? old.name, point: old.point)]
        }
    }

    /// Puts others in the place of a division.
    ///
    /// - Returns: the division, which is retired.
    /// - Throws: as ``replace(_:with:on:by:in:)``.
    package func split(_ id: Int64, into parts: [NewDivision], on day: CalendarDay?, in transaction: PostgresTransaction) async throws
        -> DivisionRecord
    {
        _ = try await replace(id, on: day, by: .split, in: transaction) { _ in parts }
        return try await division(id, in: transaction)
    }

    /// Makes a division a part of another one.
    ///
    /// - Returns: the division, which is retired.
    /// - Throws: ``Refusal/notFound``, ``Refusal/divisionUnknown(at:)``, ``Refusal/divisionIsItself``, ``Refusal/divisionLevelDiffers(at:)``,
    ///   ``Refusal/divisionRetired``, ``Refusal/divisionDayInvalid``.
    package func merge(_ id: Int64, into otherID: Int64, on day: CalendarDay?, in transaction: PostgresTransaction) async throws
        -> DivisionRecord
    {
        guard id != otherID else { throw Refusal.divisionIsItself }
        let locked = try await store.lock([id, otherID], in: transaction)
        guard let division = locked.first(where: { $0.id == id }) else { throw Refusal.notFound }
        guard let other = locked.first(where: { $0.id == otherID }) else { throw Refusal.divisionUnknown(at: "/into_id") }
        guard division.level == other.level else { throw Refusal.divisionLevelDiffers(at: "/into_id") }
        let day = try DivisionRules.day(day, of: division, and: [other], today: try await store.today(in: transaction))
        try await store.end(id, on: day, in: transaction)
        try await store.link(id, to: otherID, by: .merged, in: transaction)
        return try await self.division(id, in: transaction)
    }

    /// Ends a division that nothing follows.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/divisionRetired``, ``Refusal/divisionDayInvalid``.
    package func retire(_ id: Int64, on day: CalendarDay?, in transaction: PostgresTransaction) async throws -> DivisionRecord {
        guard let division = try await store.lock([id], in: transaction).first else { throw Refusal.notFound }
        let day = try DivisionRules.day(day, of: division, today: try await store.today(in: transaction))
        try await store.end(id, on: day, in: transaction)
        return try await self.division(id, in: transaction)
    }

    /// Ends a division, and adds those that follow it.
    ///
    /// - Returns: the first of them.
    /// - Throws: ``Refusal/notFound``, ``Refusal/divisionRetired``, ``Refusal/divisionDayInvalid``, ``Refusal/divisionLevelDiffers(at:)``,
    ///   ``Refusal/divisionCodeTaken``, and what `parts` throws.
    private func replace(
        _ id: Int64, on day: CalendarDay?, by change: DivisionChange, in transaction: PostgresTransaction,
        with parts: (AdministrativeDivision) throws -> [NewDivision]
    ) async throws -> DivisionRecord {
        guard let division = try await store.lock([id], in: transaction).first else { throw Refusal.notFound }
        let day = try DivisionRules.day(day, of: division, today: try await store.today(in: transaction))
        let parts = try parts(division)
        for (place, part) in parts.enumerated() where part.code.level != division.level {
            throw Refusal.divisionLevelDiffers(at: change == .split ? "/into/\(place)/code" : "/code")
        }
        try await store.end(id, on: day, in: transaction)
        var first: AdministrativeDivision?
        for part in parts {
            let added = try await refusingTakenCodes { try await store.add(part, from: day, in: transaction) }
            try await store.link(id, to: added.id, by: change, in: transaction)
            first = first ?? added
        }
        return try await self.division(first?.id ?? id, in: transaction)
    }

    private func refusingTakenCodes<Result>(_ write: () async throws -> Result) async throws -> Result {
        try await refusing(.divisionCodeTaken, byConstraint: "administrative_divisions_current_code_key") {
            try await refusing(.divisionCodeTaken, byConstraint: "administrative_divisions_code_days", write)
        }
    }
}

// MARK: - Moving what refers to a retired one

extension Divisions {
    /// Moves what refers to a retired division to another one: to what it became, or where it became nothing, to any of its level.
    ///
    /// - Parameter cinemaIDs: only these cinemas, and no city; `nil` for all. It is for divisions that were split.
    /// - Throws: ``Refusal/notFound``, ``Refusal/divisionNotRetired``, ``Refusal/divisionUnknown(at:)``, ``Refusal/divisionRetired``,
    ///   ``Refusal/divisionNotSuccessor``, ``Refusal/divisionLevelDiffers(at:)``, ``Refusal/cinemaExists``.
    package func moveReferences(
        of id: Int64, to otherID: Int64, only cinemaIDs: [Int64]?, in transaction: PostgresTransaction
    ) async throws -> MovedReferences {
        let locked = try await store.lock([id, otherID], in: transaction)
        guard let division = locked.first(where: { $0.id == id }) else { throw Refusal.notFound }
        guard division.isRetired else { throw Refusal.divisionNotRetired }
        guard let other = locked.first(where: { $0.id == otherID }) else { throw Refusal.divisionUnknown(at: "/to_id") }
        guard !other.isRetired else { throw Refusal.divisionRetired }
        guard division.level == other.level else { throw Refusal.divisionLevelDiffers(at: "/to_id") }
        let links = try await store.linksAfter(id, in: transaction)
        let followers = try await store.divisions(ids: links.map(\.successorID), in: transaction)
        let heirs = DivisionRules.heirs(of: id, links: links, retired: Set(followers.filter(\.isRetired).map(\.id)))
        guard heirs.isEmpty || heirs.contains(otherID) else { throw Refusal.divisionNotSuccessor(heirs) }

        return try await refusing(.cinemaExists, byConstraint: "cinemas_merchant_id_city_id_name_key") {
            let cities = cinemaIDs == nil ? try await references.moveCities(from: id, to: other, in: transaction) : 0
            let cityIDs = try await references.cities(codes: City.codes(around: other.code), in: transaction)
            let cinemas = try await references.moveCinemas(from: id, to: other, only: cinemaIDs, cityIDs: cityIDs, in: transaction)
            return MovedReferences(cinemas: cinemas, cities: cities)
        }
    }
}

/// Which divisions a list contains.
package struct DivisionFilter: Hashable, Sendable {
    package var codes: ClosedRange<String>?
    package var level: AdministrativeDivision.Level?
    package var isRetired: Bool?

    /// - Parameter codePrefix: digits with which the codes begin, at most twelve.
    package init(codePrefix: String? = nil, level: AdministrativeDivision.Level? = nil, isRetired: Bool? = nil) {
        codes = codePrefix.map { prefix in
            let rest = max(0, 12 - prefix.count)
            return "\(prefix)\(String(repeating: "0", count: rest))"..."\(prefix)\(String(repeating: "9", count: rest))"
        }
        self.level = level
        self.isRetired = isRetired
    }
}

/// A division with what led to it and what it became.
package struct DivisionRecord: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        package let division: AdministrativeDivision
        package let change: DivisionChange
    }

    package let division: AdministrativeDivision
    package let predecessors: [Step]
    package let successors: [Step]
}
