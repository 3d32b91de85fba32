package import HTTP
package import Shared

extension Call {
    /// The entry of the audit trail for what the call does.
    ///
    /// - Parameter subject: what it was done to, as `movie:12`.
    /// - Throws: 401 at an open endpoint, where nobody is known to have done it.
    package func audit<Result>(_ action: AuditAction, _ subject: @escaping (Result) -> String) throws -> (Result) -> AuditEntry {
        let actor = try caller.accountID
        let address = address
        return { AuditEntry(actorAccountID: actor, action: action, subject: subject($0), address: address) }
    }
}

extension AuditAction {
    package static let companyAdded = AuditAction(rawValue: "company.added")
    package static let movieAdded = AuditAction(rawValue: "movie.added")
    package static let movieChanged = AuditAction(rawValue: "movie.changed")
    package static let movieDeleted = AuditAction(rawValue: "movie.deleted")
    package static let cinemaAdded = AuditAction(rawValue: "cinema.added")
    package static let cinemaChanged = AuditAction(rawValue: "cinema.changed")
    package static let cinemaDeleted = AuditAction(rawValue: "cinema.deleted")
    package static let hallAdded = AuditAction(rawValue: "hall.added")
    package static let hallChanged = AuditAction(rawValue: "hall.changed")
    package static let hallLayoutReplaced = AuditAction(rawValue: "hall.layout_replaced")
}
