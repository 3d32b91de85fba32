import API
import Callers
import Database
import Foundation
import HTTP
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("What refusals and errors are answered as")
struct RefusalProblemsTests {
    let problems = RefusalProblems()

    @Test(
        "Every kind of refusal has its status",
        arguments: [
            (.malformed, 400), (.unauthenticated, 401), (.forbidden, 403), (.notFound, 404), (.conflict, 409), (.stale, 412),
            (.invalid(pointer: "/a"), 422), (.conflictForNow(retryAfter: 4), 409), (.tooOften(retryAfter: 7), 429),
            (.unavailable(retryAfter: 3), 503),
        ] as [(Refusal.Kind, Int)]
    )
    func statuses(kind: Refusal.Kind, status: Int) throws {
        let problem = try #require(problems.problem(for: Refusal(kind, "some_code")))
        #expect(problem.status == status)
        #expect(problem.code == "some_code")
    }

    @Test("A field that is wrong is named, and a request that is wrong as a whole names none")
    func pointers() throws {
        #expect(Problem(.phoneInvalid).errors.map(\.place) == [.pointer("/phone")])
        #expect(Problem(.idempotencyKeyReused).errors.isEmpty)
        #expect(Problem(.idempotencyKeyReused).status == 422)
    }

    @Test("Waiting times and seats come along")
    func members() {
        #expect(Problem(.signInThrottled(seconds: 9)).retryAfter == 9)
        #expect(Problem(.busy).retryAfter == 1)
        let seats = Problem(Refusal(.conflict, "seat_taken").about(seats: [3, 1]))
        #expect(seats.members.map(\.name) == ["seat_ids"])
    }

    @Test("A database that is busy or away is answered 503 with a time to try again")
    func database() throws {
        let busy: [PostgresError] = [
            PostgresError(.poolExhausted, "x"), PostgresError(.leaseTimedOut, "x"),
            PostgresError(.server, "x", sqlState: .lockNotAvailable), PostgresError(.server, "x", sqlState: .queryCanceled),
            PostgresError(.server, "x", sqlState: .deadlockDetected), PostgresError(.server, "x", sqlState: .serializationFailure),
        ]
        for error in busy { #expect(problems.problem(for: error) == .busy) }
        let away: [PostgresError] = [
            PostgresError(.connectionFailed, "x"), PostgresError(.connectionLost, "x"), PostgresError(.closed, "x"),
            PostgresError(.server, "x", sqlState: .adminShutdown), PostgresError(.server, "x", sqlState: .cannotConnectNow),
        ]
        for error in away { #expect(problems.problem(for: error) == .databaseUnavailable) }
        let unknown = try #require(problems.problem(for: PostgresError(.commitOutcomeUnknown, "x")))
        #expect(unknown.status == 503)
        #expect(unknown.code == "outcome_unknown")
        #expect(unknown.retryAfter != nil)
    }

    @Test("A value that the database refuses is the caller's, with the field where it is known; the log is told without values")
    func values() async throws {
        try await withTestDatabase { pool in
            try await pool.execute(
                "CREATE TABLE things (name TEXT NOT NULL, size SMALLINT CHECK (size > 0), low INTEGER, high INTEGER, CHECK (low < high))")
            let cases: [(Query, field: String?)] = [
                ("INSERT INTO things (name, size) VALUES (\("secret"), -1)", "/size"),
                ("INSERT INTO things (name, size) VALUES (NULL, 1)", "/name"),
                ("INSERT INTO things (name, low, high) VALUES (\("secret"), 2, 1)", nil),
                ("INSERT INTO things (name, size) VALUES (\("secret"), \("99999")::text::smallint)", nil),
                ("SELECT \("secret")::text::integer", nil), ("SELECT \("secret")::text::date", nil), ("SELECT 1 / \(0)::integer", nil),
                ("SELECT \(Date(timeIntervalSince1970: 1e15))::timestamptz", nil), ("SELECT \("sec\0ret")::text", nil),
            ]
            for (query, field) in cases {
                do {
                    try await pool.execute(query)
                    Issue.record("\(query) was carried out")
                } catch {
                    let problem = try #require(problems.problem(for: error), "\(error)")
                    #expect(problem.status == 422 && problem.code == "value_refused")
                    #expect(problem.errors.map(\.place) == (field.map { [.pointer($0)] } ?? []))
                    let note = try #require(problem.note)
                    #expect(!note.contains("secret") && !note.contains("99999"), "\(note)")
                }
            }
        }
    }

    @Test("Our own faults are nobody's business")
    func faults() {
        let faults: [any Error] = [
            PostgresError(.server, "x", sqlState: .syntaxError), PostgresError(.server, "x", sqlState: .uniqueViolation),
            PostgresError(.decodingFailed, "x"), Defect("x"), CancellationError(),
        ]
        for fault in faults { #expect(problems.problem(for: fault) == nil) }
    }
}
