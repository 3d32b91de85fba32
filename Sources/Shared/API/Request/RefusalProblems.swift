import Callers
import Database
import Foundation
package import HTTP
import Shared
import Text

/// Makes problems of the errors of features and of the database. The database's are decided here; `Problem+Refusal.swift` decides which
/// status each kind of refusal gets.
package struct RefusalProblems: ProblemMapping {
    package init() {}

    package func problem(for error: any Error) -> Problem? {
        switch error {
        case let refusal as Refusal: Problem(refusal)
        case let required as ChallengeRequired: Problem(required)
        case let changed as PriceChanged: Problem(changed)
        case let error as PostgresError: Self.problem(for: error)
        case let error as PostgresPipelineError: Self.problem(for: error.underlying)
        default: nil
        }
    }

    /// - Returns: `nil` for an error that is our own fault, such as wrong SQL.
    private static func problem(for error: PostgresError) -> Problem? {
        if error.refusesValue || error.refusesRow {
            return .valueRefused(field: error.refusedColumn, note: error.withoutValues)
        }
        return switch error.code {
        case .commitOutcomeUnknown: .outcomeUnknown
        case .poolExhausted, .leaseTimedOut: .busy
        case .connectionFailed, .connectionLost, .closed: .databaseUnavailable
        case .server: problem(for: error.sqlState)
        default: nil
        }
    }

    private static func problem(for state: SQLState?) -> Problem? {
        switch state {
        // The transaction waited for a lock or ran longer than is allowed, or lost against others again and again. Nothing was changed.
        case .lockNotAvailable, .queryCanceled, .serializationFailure, .deadlockDetected: .busy
        case .tooManyConnections: .busy
        // The server is stopping, starting, or has become a stand-by.
        case .adminShutdown, .crashShutdown, .cannotConnectNow, .readOnlyTransaction, .idleInTransactionTimeout: .databaseUnavailable
        default: nil
        }
    }
}

extension Problem {
    /// The database can't be reached; nothing was changed.
    package static let databaseUnavailable = Problem.unavailable("database_unavailable", retryAfter: 2)

    /// The connection broke while the change was being committed.
    package static let outcomeUnknown = Problem.unavailable("outcome_unknown", retryAfter: 1)
}

extension Problem {
    /// A refusal of an order with the challenge to be solved.
    fileprivate init(_ required: ChallengeRequired) {
        self = Problem(required.refusal).with("challenge", required.challenge.json)
    }
}

extension Problem {
    /// A refusal of an order with what it would cost.
    fileprivate init(_ changed: PriceChanged) {
        let lines = changed.price.quote.lines
        self = Problem(changed.refusal).with("lines", .array(lines.map(\.json)))
            .with("payable_fen", .integer(changed.price.amount.payableFen))
    }
}

extension Quote.Line {
    /// As in a preview.
    fileprivate var json: JSONValue {
        .object([
            JSONMember(name: "seat_id", value: .integer(seatID)),
            JSONMember(name: "base_fen", value: .integer(baseFen)),
            JSONMember(name: "discounts", value: .array(discounts.map(\.json))),
            JSONMember(name: "price_fen", value: .integer(priceFen)),
        ])
    }
}

extension Quote.Discount {
    fileprivate var json: JSONValue {
        .object([
            JSONMember(name: "stage", value: .string(stage.rawValue)),
            JSONMember(name: "amount_fen", value: .integer(amountFen)),
            JSONMember(name: "payer", value: .string(payer.rawValue)),
        ])
    }
}

extension HoldChallenge {
    fileprivate var json: JSONValue {
        .object([
            JSONMember(name: "id", value: .string(id)),
            JSONMember(name: "algorithm", value: .string(Self.algorithm)),
            JSONMember(name: "nonce", value: .string(nonce)),
            JSONMember(name: "salt", value: .string(salt)),
            JSONMember(name: "cost", value: .integer(Int64(cost))),
            JSONMember(name: "key_prefix", value: .string(Self.keyPrefix)),
            JSONMember(name: "expires_at", value: .string(Timestamp(expiresAt).text)),
        ])
    }
}
