import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Shared

/// Codes that are sent to people, and what they prove.
extension Platform {
    /// The code that was sent last and the request that it answers, as members of a body.
    ///
    /// - Parameter asked: the answer to that request.
    func proof(_ asked: Asked) async throws -> String {
        #expect(asked.status == 202, "\(asked.body)")
        return #""request_id": "\#(asked["request_id"].text)", "code": "\#(try await lastCode())""#
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
}
