import Callers
package import HTTP
package import Shared

package import struct Foundation.UUID

extension Call {
    /// Makes the entry of the audit trail for the call's action.
    ///
    /// - Throws: 401 at an open endpoint, where the caller is unknown.
    package func audit<Result>(
        _ action: AuditAction, details: [String: String] = [:], _ subject: @escaping (Result) -> AuditSubject
    ) throws -> (Result) -> AuditEntry {
        let actor = try principal.accountID
        let address = address
        return { AuditEntry(actorAccountID: actor, action: action, subject: subject($0), address: address, details: details) }
    }

    /// Makes the entry when the subject is known before the action.
    package func audit<Result>(_ action: AuditAction, _ subject: AuditSubject) throws -> (Result) -> AuditEntry {
        try audit(action) { _ in subject }
    }
}

extension AuditAction {
    package static let companyAdded = AuditAction(rawValue: "company.added")
    package static let movieAdded = AuditAction(rawValue: "movie.added")
    package static let movieChanged = AuditAction(rawValue: "movie.changed")
    package static let movieDeleted = AuditAction(rawValue: "movie.deleted")
    package static let personAdded = AuditAction(rawValue: "person.added")
    package static let personChanged = AuditAction(rawValue: "person.changed")
    package static let personDeleted = AuditAction(rawValue: "person.deleted")
    package static let readingPhraseAdded = AuditAction(rawValue: "reading_phrase.added")
    package static let readingPhraseChanged = AuditAction(rawValue: "reading_phrase.changed")
    package static let readingPhraseDeleted = AuditAction(rawValue: "reading_phrase.deleted")
    package static let pictureUploaded = AuditAction(rawValue: "picture.uploaded")
    package static let moviePicturesReplaced = AuditAction(rawValue: "movie.pictures_replaced")
    package static let personPortraitReplaced = AuditAction(rawValue: "person.portrait_replaced")
    package static let cinemaPhotosReplaced = AuditAction(rawValue: "cinema.photos_replaced")
    package static let hallPhotosReplaced = AuditAction(rawValue: "hall.photos_replaced")
    package static let cinemaAdded = AuditAction(rawValue: "cinema.added")
    package static let cinemaChanged = AuditAction(rawValue: "cinema.changed")
    package static let cinemaDeleted = AuditAction(rawValue: "cinema.deleted")
    package static let refundPolicyReplaced = AuditAction(rawValue: "cinema.refund_policy_replaced")
    package static let hallAdded = AuditAction(rawValue: "hall.added")
    package static let hallChanged = AuditAction(rawValue: "hall.changed")
    package static let hallLayoutReplaced = AuditAction(rawValue: "hall.layout_replaced")
    package static let showtimeScheduled = AuditAction(rawValue: "showtime.scheduled")
    package static let showtimeChanged = AuditAction(rawValue: "showtime.changed")
    package static let showtimeCancelled = AuditAction(rawValue: "showtime.cancelled")
    package static let counterPayment = AuditAction(rawValue: "order.paid_at_counter")
    package static let orderVoided = AuditAction(rawValue: "order.voided")
    package static let orderRefunded = AuditAction(rawValue: "order.refunded")
    package static let refundPaidOut = AuditAction(rawValue: "refund.paid_out")
    package static let ticketsReprinted = AuditAction(rawValue: "tickets.reprinted")
    package static let ticketReseated = AuditAction(rawValue: "ticket.reseated")
}

extension AuditSubject {
    package static func company(_ id: Int64) -> AuditSubject { AuditSubject("company", id) }
    package static func movie(_ id: Int64) -> AuditSubject { AuditSubject("movie", id) }
    package static func person(_ id: Int64) -> AuditSubject { AuditSubject("person", id) }
    package static func readingPhrase(_ id: Int64) -> AuditSubject { AuditSubject("reading_phrase", id) }
    package static func picture(_ hash: PictureHash) -> AuditSubject { AuditSubject("picture", hash.text) }
    package static func cinema(_ id: Int64) -> AuditSubject { AuditSubject("cinema", id) }
    package static func hall(_ id: Int64) -> AuditSubject { AuditSubject("hall", id) }
    package static func showtime(_ id: Int64) -> AuditSubject { AuditSubject("showtime", id) }
    package static func order(_ id: UUID) -> AuditSubject { AuditSubject("order", id) }
    package static func ticket(_ id: Int64) -> AuditSubject { AuditSubject("ticket", id) }
}
