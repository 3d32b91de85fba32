import Callers
import Database

/// Who has which phone number or e-mail address, in the database.
struct ContactStore: Sendable {
    /// An account, and the one that has a phone number or mailbox in its realm, locked until the end of the transaction in the order of
    /// their ids. The lock is as strong as that of an update of the names: two transactions that held a weaker one would wait for each
    /// other.
    func locked(
        _ id: Int64, andHolderOf destination: CodeDestination, realm: Realm, in transaction: PostgresTransaction
    ) async throws -> [Account] {
        try await transaction.rows(
            """
            SELECT \(AccountStore.columns)
            FROM accounts
            WHERE id = \(id)
            OR (realm = \(realm) AND \(Self.has(destination)))
            ORDER BY id
            FOR UPDATE
            """,
            Account.init(row:)
        )
    }

    /// Takes a phone number or e-mail address away from an account that has never proved to have it.
    func release(_ destination: CodeDestination, of id: Int64, in transaction: PostgresTransaction) async throws {
        let cleared: Query =
            switch destination {
            case .phone: "phone = NULL"
            case .email: "email = NULL"
            }
        let unverified: Query =
            switch destination {
            case .phone: "phone_verified_at IS NULL"
            case .email: "email_verified_at IS NULL"
            }
        try await transaction.execute(
            """
            UPDATE accounts
            SET \(cleared),
                version = version + 1
            WHERE id = \(id)
            AND \(unverified)
            """
        )
    }

    private static func has(_ destination: CodeDestination) -> Query {
        switch destination {
        case .phone(let phone): "phone = \(phone.description)"
        case .email(let email): "email = \(email.description)"
        }
    }
}
