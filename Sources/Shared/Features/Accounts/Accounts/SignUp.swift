import Callers
import Database

/// Makes accounts for people who ask for one themselves, and for administrators.
package struct SignUp: Sendable {
    private let pool: PostgresPool
    private let creation: AccountCreation
    private let sessions: Sessions

    init(pool: PostgresPool, creation: AccountCreation, sessions: Sessions) {
        self.pool = pool
        self.creation = creation
        self.sessions = sessions
    }

    /// Makes a moviegoer's account and signs it in.
    ///
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``, ``Refusal/busy``.
    package func signUp(_ new: NewAccount, address: String?, userAgent: String? = nil) async throws -> SignedIn {
        let hash = try await creation.hash(new.password, realm: .client, for: address)
        let token = Token(realm: .client)
        let signedIn = try await pool.withTransaction { transaction in
            let account = try await creation.create(new, hash: hash, realm: .client, merchantID: nil, address: address, in: transaction)
            return try await sessions.open(
                of: account, token: token, address: address, method: .signUp, userAgent: userAgent, in: transaction)
        }
        await creation.noteOwner(of: signedIn.account, at: address, in: pool)
        return signedIn
    }

    /// Makes an administrator's account: what the command `create-admin` does.
    ///
    /// - Throws: the refusals of ``Username`` and ``Password``, ``Refusal/usernameTaken``.
    package func createAdministrator(username: String, password: String) async throws -> Account {
        let new = try NewAccount(username: username, password: password)
        let hash = try await creation.hash(new.password, realm: .admin)
        return try await pool.withTransaction { transaction in
            try await creation.create(new, hash: hash, realm: .admin, merchantID: nil, address: nil, in: transaction)
        }
    }
}
