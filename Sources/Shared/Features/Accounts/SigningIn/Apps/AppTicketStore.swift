import Callers
import Database

import struct Foundation.Date

/// Tickets from app to app in the database.
struct AppTicketStore: Sendable {
    /// Makes a ticket for an app that is there and switched on, else `nil`.
    ///
    /// - Returns: when it ends.
    func insert(
        _ ticket: OneTimeSecret, app: Int64, principal: Principal, life: Duration, in session: some PostgresSession
    ) async throws -> Date? {
        try await session.row(
            """
            INSERT INTO app_tickets (ticket_sha256, app_id, account_id, session_id, expires_at)
            SELECT
                \(ticket.sha256),
                id,
                \(principal.accountID)::bigint,
                \(principal.sessionID)::bigint,
                clock_timestamp() + make_interval(secs => \(life / .seconds(1))::double precision)
            FROM apps
            WHERE id = \(app)
            AND realm = \(principal.realm)
            AND enabled
            RETURNING expires_at
            """
        ) { try $0["expires_at"] }
    }

    /// Uses a ticket up, if all is right: of two at once, one finds nothing.
    func use(
        _ ticket: OneTimeSecret, app: Int64, secret: OneTimeSecret, realm: Realm, in session: some PostgresSession
    ) async throws -> (accountID: Int64, sessionID: Int64)? {
        try await session.row(
            """
            UPDATE app_tickets
            SET used_at = clock_timestamp()
            FROM apps
            WHERE ticket_sha256 = \(ticket.sha256)
            AND app_tickets.app_id = \(app)
            AND apps.id = app_tickets.app_id
            AND apps.realm = \(realm)
            AND apps.enabled
            AND apps.secret_sha256 = \(secret.sha256)
            AND used_at IS NULL
            AND expires_at > clock_timestamp()
            RETURNING account_id, session_id
            """
        ) { (try $0["account_id"], try $0["session_id"]) }
    }

    /// - Returns: how many were deleted.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM app_tickets
            WHERE ticket_sha256 IN (
                SELECT ticket_sha256
                FROM app_tickets
                WHERE expires_at < clock_timestamp() - INTERVAL '1 day'
                ORDER BY expires_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
