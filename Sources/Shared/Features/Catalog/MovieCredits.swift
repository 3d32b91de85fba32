import Callers
import Database

/// Who has a part in a movie: finds the people and companies that a body names, and adds those that are new.
struct MovieCredits: Sendable {
    private let personStore = PersonNameStore()
    private let companyStore = CompanyStore()
    private let creditStore = CreditStore()

    /// Gives a movie these people and companies in place of those that it has; `nil` leaves them.
    ///
    /// - Throws: ``Refusal/personAmbiguous(at:ids:)``, ``Refusal/personUnknown(at:)``, ``Refusal/movieCompanyUnknown(at:)``,
    ///   ``Refusal/nameDiffers(at:name:)``, or the refusal of a repeated part or of a name that is none.
    func replace(
        people: [NewCredit]?, companies: [NewMovieCompany]?, of movieID: Int64, in transaction: PostgresTransaction
    ) async throws {
        if let people {
            try await creditStore.replace([movieID: try await parts(people, in: transaction)], in: transaction)
        }
        if let companies {
            try await companyStore.replace([movieID: try await parts(companies, in: transaction)], in: transaction)
        }
    }

    private func parts(_ credits: [NewCredit], in transaction: PostgresTransaction) async throws -> [CreditStore.Part] {
        for (place, credit) in credits.enumerated() {
            try credit.name?.requirePlainLine(at: "/people/\(place)/name")
            try credit.character?.requirePlainLine(at: "/people/\(place)/character")
        }
        let names = try await personStore.names(of: credits.compactMap(\.personID), in: transaction)
        let unknown = credits.filter { $0.personID == nil }.compactMap(\.name)
        let ids = try await personStore.ids(ofNames: Set(unknown), in: transaction)
        var parts: [CreditStore.Part] = []
        var seen: Set<[String]> = []
        for (place, credit) in credits.enumerated() {
            let id: Int64
            if let personID = credit.personID {
                guard let name = names[personID] else { throw Refusal.personUnknown(at: place) }
                guard credit.name == nil || credit.name == name else {
                    throw Refusal.nameDiffers(at: "/people/\(place)/name", name: name)
                }
                id = personID
            } else {
                let namesakes = credit.name.flatMap { ids[$0] } ?? []
                guard let first = namesakes.first else { throw Refusal.personUnknown(at: place) }
                guard namesakes.count == 1 else {
                    throw Refusal.personAmbiguous(at: place, ids: Array(namesakes.prefix(Self.shownNamesakes)))
                }
                id = first
            }
            guard seen.insert([String(id), credit.role.rawValue]).inserted else {
                throw Refusal.repeated(credit.name ?? names[id] ?? "", at: "/people/\(place)")
            }
            parts.append(CreditStore.Part(personID: id, role: credit.role, character: credit.character))
        }
        return parts
    }

    /// How many of those who share a name a refusal names.
    private static let shownNamesakes = 20

    private func parts(_ companies: [NewMovieCompany], in transaction: PostgresTransaction) async throws -> [CompanyStore.Part] {
        for (place, company) in companies.enumerated() {
            try company.name?.requirePlainLine(at: "/companies/\(place)/name")
        }
        let names = try await companyStore.names(of: companies.compactMap(\.companyID), in: transaction)
        let unknown = companies.filter { $0.companyID == nil }.compactMap(\.name)
        let ids = unknown.isEmpty ? [:] : try await companyStore.ids(ofNames: Set(unknown), in: transaction)
        var parts: [CompanyStore.Part] = []
        for (place, company) in companies.enumerated() {
            let id: Int64
            if let companyID = company.companyID {
                guard let name = names[companyID] else { throw Refusal.movieCompanyUnknown(at: place) }
                guard company.name == nil || company.name == name else {
                    throw Refusal.nameDiffers(at: "/companies/\(place)/name", name: name)
                }
                id = companyID
            } else {
                guard let found = company.name.flatMap({ ids[$0] }) else { throw Refusal.movieCompanyUnknown(at: place) }
                id = found
            }
            let part = CompanyStore.Part(companyID: id, role: company.role)
            guard !parts.contains(part) else {
                throw Refusal.repeated(company.name ?? names[id] ?? "", at: "/companies/\(place)")
            }
            parts.append(part)
        }
        return parts
    }
}
