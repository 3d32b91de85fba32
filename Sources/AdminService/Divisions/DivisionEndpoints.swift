import API
import Callers
import Database
import HTTP
import Shared

/// Administrative divisions, as the platform's people keep them.
struct DivisionEndpoints: Sendable {
    let divisions: Divisions
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show, rename, recode, merge, split, retire, references, moveReferences] }

    private static let code = QueryParameter(
        "code", .text(2...12, pattern: "^[0-9]{2,12}$"), "Only divisions whose codes begin so.", example: "1101")
    private static let level = QueryParameter(
        "level", .enumeration(AdministrativeDivision.Level.self), "Only divisions of this level.", example: "district")
    private static let retired = QueryParameter(
        "retired", .bool, "Only those that are no longer there, or only the others.", example: "false")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/divisions", "Lists administrative divisions by code, those of before too.",
            access: .permission(.cities, .read),
            query: [Self.code, Self.level, Self.retired],
            answers: .page(DivisionShape.division)
        ) { call in
            let filter = DivisionFilter(codePrefix: try call[Self.code], level: try call[Self.level], isRetired: try call[Self.retired])
            return .page(try await divisions.divisions(filter, page: call.page, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/divisions", "Adds an administrative division.",
            access: .permission(.cities, .write),
            body: DivisionBody.new,
            idempotency: true,
            answers: .created(DivisionShape.division, at: show.path, \.division.id),
            refusals: [.divisionCodeTaken] + DivisionBody.refusals
        ) { call in
            try await writes.create(call, audit: try audit(call, .divisionAdded)) { transaction in
                try await divisions.add(call.body.division, from: call.body.day, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/divisions/{id}", "Shows an administrative division, what led to it and what it became.",
            access: .permission(.cities, .read),
            answers: .ok(DivisionShape.division)
        ) { call in
            .ok(try await divisions.division(call[.id], in: pool))
        }
    }

    var rename: Endpoint {
        Endpoint(
            .post, "/v1/divisions/{id}/renaming",
            "Gives a division another name: it ends, and a successor with its code begins.",
            access: .permission(.cities, .modify),
            body: DivisionBody.renaming,
            idempotency: true,
            answers: .created(DivisionShape.division, at: show.path, \.division.id),
            refusals: [.divisionRetired, .divisionCodeTaken, .divisionDayInvalid]
        ) { call in
            let id = try call[.id]
            return try await writes.create(call, audit: try audit(call, .divisionRenamed, predecessor: id)) { transaction in
                try await divisions.rename(id, call.body.name, on: call.body.day, in: transaction)
            }
        }
    }

    var recode: Endpoint {
        Endpoint(
            .post, "/v1/divisions/{id}/recoding",
            "Gives a division another code, and another name where that changes too: it ends, and a successor begins.",
            access: .permission(.cities, .modify),
            body: DivisionBody.recoding,
            idempotency: true,
            answers: .created(DivisionShape.division, at: show.path, \.division.id),
            refusals: [.divisionRetired, .divisionCodeTaken] + DivisionBody.refusals
        ) { call in
            let id = try call[.id]
            return try await writes.create(call, audit: try audit(call, .divisionRecoded, predecessor: id)) { transaction in
                try await divisions.recode(id, call.body.code, name: call.body.name, on: call.body.day, in: transaction)
            }
        }
    }

    var merge: Endpoint {
        Endpoint(
            .post, "/v1/divisions/{id}/merger", "Makes a division a part of another one, which stays: it ends.",
            name: "mergeDivision",
            access: .permission(.cities, .modify),
            body: DivisionBody.merger,
            answers: .ok(DivisionShape.division),
            refusals: [.divisionRetired, .divisionIsItself, .divisionUnknown(), .divisionDayInvalid, .divisionLevelDiffers()]
        ) { call in
            let id = try call[.id]
            let record = try await writes.perform(call, audit: try audit(call, .divisionMerged)) { transaction in
                try await divisions.merge(id, into: call.body.intoID, on: call.body.day, in: transaction)
            }
            return .ok(record)
        }
    }

    var split: Endpoint {
        Endpoint(
            .post, "/v1/divisions/{id}/split", "Puts several divisions in the place of one, which ends.",
            name: "splitDivision",
            access: .permission(.cities, .modify),
            body: DivisionBody.split,
            answers: .ok(DivisionShape.division),
            refusals: [.divisionRetired, .divisionCodeTaken] + DivisionBody.refusals
        ) { call in
            let id = try call[.id]
            let record = try await writes.perform(call, audit: try audit(call, .divisionSplit)) { transaction in
                try await divisions.split(id, into: call.body.parts, on: call.body.day, in: transaction)
            }
            return .ok(record)
        }
    }

    var retire: Endpoint {
        Endpoint(
            .post, "/v1/divisions/{id}/retirement", "Ends a division that becomes nothing else. What refers to it stays, to be moved.",
            name: "retireDivision",
            access: .permission(.cities, .delete),
            body: DivisionBody.retirement,
            answers: .ok(DivisionShape.division),
            refusals: [.divisionRetired, .divisionDayInvalid]
        ) { call in
            let id = try call[.id]
            let record = try await writes.perform(call, audit: try audit(call, .divisionRetired)) { transaction in
                try await divisions.retire(id, on: call.body, in: transaction)
            }
            return .ok(record)
        }
    }

    var references: Endpoint {
        Endpoint(
            .get, "/v1/divisions/{id}/references", "Lists what refers to a division: cinemas, and the city that it is.",
            access: .permission(.cities, .read),
            answers: .page(DivisionShape.reference)
        ) { call in
            .page(try await divisions.references(to: call[.id], page: call.page, in: pool))
        }
    }

    var moveReferences: Endpoint {
        Endpoint(
            .post, "/v1/divisions/{id}/references/move",
            "Moves what refers to a division that is no longer there to what it became, or if that is nothing, to any other of its level.",
            name: "moveDivisionReferences",
            access: .permission(.cities, .modify),
            body: DivisionBody.move,
            answers: .ok(DivisionShape.moved),
            refusals: [
                .divisionNotRetired, .divisionRetired, .divisionNotSuccessor, .divisionUnknown(), .divisionLevelDiffers(),
                .cinemaExists,
            ]
        ) { call in
            let id = try call[.id]
            let (actor, address, body) = (try call.principal.accountID, call.address, call.body)
            let moved = try await writes.perform(
                call,
                audit: { moved in
                    AuditEntry(
                        actorAccountID: actor, action: .divisionReferencesMoved, subject: .division(id), address: address,
                        details: ["to_id": "\(body.toID)", "cinemas": "\(moved.cinemas)", "cities": "\(moved.cities)"])
                },
                { transaction in
                    try await divisions.moveReferences(of: id, to: body.toID, only: body.cinemaIDs, in: transaction)
                }
            )
            return .ok(moved)
        }
    }

    /// The entry of the audit trail, about the division that the call answers with.
    private func audit<Input>(_ call: Call<Input>, _ action: AuditAction, predecessor: Int64? = nil) throws -> (DivisionRecord) ->
        AuditEntry
    {
        let (actor, address) = (try call.principal.accountID, call.address)
        return { record in
            var details = ["code": record.division.code]
            if let predecessor { details["predecessor_id"] = "\(predecessor)" }
            if let day = record.division.validTo ?? record.division.validFrom { details["day"] = "\(day)" }
            if !record.successors.isEmpty {
                details["successor_ids"] = record.successors.map { "\($0.division.id)" }.joined(separator: " ")
            }
            return AuditEntry(
                actorAccountID: actor, action: action, subject: .division(record.division.id), address: address, details: details)
        }
    }
}

extension AuditAction {
    static let divisionAdded = AuditAction(rawValue: "division.added")
    static let divisionRenamed = AuditAction(rawValue: "division.renamed")
    static let divisionRecoded = AuditAction(rawValue: "division.recoded")
    static let divisionMerged = AuditAction(rawValue: "division.merged")
    static let divisionSplit = AuditAction(rawValue: "division.split")
    static let divisionRetired = AuditAction(rawValue: "division.retired")
    static let divisionReferencesMoved = AuditAction(rawValue: "division.references_moved")
}

extension AuditSubject {
    static func division(_ id: Int64) -> AuditSubject { AuditSubject("division", id) }
}
