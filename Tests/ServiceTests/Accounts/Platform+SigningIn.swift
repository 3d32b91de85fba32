import Callers
import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing

/// Accounts with contacts that are proved, and signing in to them.
extension Platform {
    /// A moviegoer with a verified phone number.
    func anna() async throws -> String {
        let answer = try await client.ask(
            .post, "/v1/accounts", json: #"{"username": "anna", "password": "\#(Self.password)", "phone": "13800138000"}"#)
        #expect(answer.status == 201)
        try await verifyContacts(of: "anna")
        return answer["token"].text
    }

    /// As though an account had proved the contacts that it signed up with.
    func verifyContacts(of username: String) async throws {
        try await pool.execute(
            """
            UPDATE accounts
            SET phone_verified_at = CASE WHEN phone IS NOT NULL THEN clock_timestamp() END,
                email_verified_at = CASE WHEN email IS NOT NULL THEN clock_timestamp() END
            WHERE username = \(username)
            """)
    }

    /// Signs in by password.
    ///
    /// - Parameter more: further members of the body, each with a comma before it.
    func signIn(
        _ login: String, password: String = Platform.password, at realm: Realm = .client, _ more: String = ""
    ) async throws -> Asked {
        try await service(of: realm).ask(
            .post, "/v1/sessions", json: #"{"login": "\#(login)", "password": "\#(password)"\#(more)}"#)
    }
}
