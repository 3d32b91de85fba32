package import Callers
package import Database
package import Foundation
import ServiceLifecycle
import Text

/// Signing a device in by a QR code that a signed-in phone approves.
package struct QRLogins: Sendable {
    /// How long a code lives.
    package static let standardLife = Duration.seconds(120)
    /// The longest that a device may wait for news in one call.
    package static let longestWait = 25
    /// How often the table is looked at meanwhile.
    private static let pause = Duration.milliseconds(400)

    private let pool: PostgresPool
    private let sessions: Sessions
    private let realm: Realm
    private let life: Duration
    private let geography: IPGeography?
    private let store = QRLoginStore()
    private let auditTrail = AuditTrail()

    /// - Parameter geography: where IP addresses are; `nil` when no list is set up.
    package init(
        pool: PostgresPool, sessions: Sessions, realm: Realm, geography: IPGeography? = nil, life: Duration = standardLife
    ) {
        self.pool = pool
        self.sessions = sessions
        self.realm = realm
        self.life = life
        self.geography = geography
    }

    /// Begins a sign-in.
    package func begin(userAgent: String?, address: String) async throws -> NewQRLogin {
        var generator = SystemRandomNumberGenerator()
        let numbers = MatchNumbers(using: &generator)
        let (qr, poll) = (OneTimeSecret(.qr), OneTimeSecret(.poll))
        let added = try await store.insert(
            qr: qr, poll: poll, numbers: numbers, realm: realm,
            userAgent: userAgent.map { $0.cleaned(to: 300) },
            address: address, life: life, in: pool
        )
        return NewQRLogin(id: added.id, qr: qr, pollSecret: poll, matchNumber: numbers.shown, expiresAt: added.expiresAt)
    }

    /// The picture of a code that can still be used.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func picture(of qr: String) async throws -> String {
        let login = try await store.login(qr: OneTimeSecret(attempt: qr), realm: realm, in: pool)
        guard let login, !login.state.isOver, let code = QRCode(qr) else { throw Refusal.notFound }
        return code.svg
    }

    /// Shows a phone what it is about to approve, and lets nobody else approve it. The same phone may look again.
    ///
    /// - Throws: ``Refusal/qrUnknown``, ``Refusal/qrLoginTaken``, ``Refusal/qrLoginOver``.
    package func scan(
        _ qr: String, by principal: Principal, address: String, in transaction: PostgresTransaction
    ) async throws -> ScannedQRLogin {
        let login = try await scanned(OneTimeSecret(attempt: qr), by: principal, address: address, in: transaction)
        return ScannedQRLogin(login: login, location: login.address.flatMap { geography?.location(of: $0) })
    }

    private func scanned(
        _ qr: OneTimeSecret, by principal: Principal, address: String, in transaction: PostgresTransaction
    ) async throws -> QRLogin {
        if let login = try await store.scan(qr: qr, by: principal, in: transaction) {
            try await record(.qrLoginScanned, login.id, by: principal, address: address, in: transaction)
            return login
        }
        guard let login = try await store.login(qr: qr, realm: realm, in: transaction) else { throw Refusal.qrUnknown }
        if let scanner = login.scannedBySessionID, scanner != principal.sessionID { throw Refusal.qrLoginTaken }
        guard login.state == .scanned else { throw Refusal.qrLoginOver }
        return login
    }

    /// Decides, once.
    ///
    /// - Parameters:
    ///   - number: the one that the device shows; `nil` denies. Another one denies too, so that nobody tries all three.
    ///   - write: carries out, in a transaction, what it is given.
    /// - Throws: ``Refusal/notFound`` for one that this phone didn't scan, ``Refusal/qrLoginOver``, ``Refusal/qrNumberWrong``.
    package func decide(
        _ id: UUID, number: Int?, by principal: Principal, address: String,
        write: ((PostgresTransaction) async throws -> Bool) async throws -> Bool
    ) async throws {
        let isApproved = try await write { try await decide(id, number: number, by: principal, address: address, in: $0) }
        // The refusal is thrown after the COMMIT, so that the denial stays.
        guard isApproved || number == nil else { throw Refusal.qrNumberWrong }
    }

    /// - Returns: whether the sign-in is approved.
    private func decide(
        _ id: UUID, number: Int?, by principal: Principal, address: String, in transaction: PostgresTransaction
    ) async throws -> Bool {
        guard let state = try await store.decide(id, number: number, by: principal, in: transaction) else {
            let login = try await store.login(id, scannedBy: principal, in: transaction)
            throw login == nil ? Refusal.notFound : Refusal.qrLoginOver
        }
        let isApproved = state == .approved
        try await record(isApproved ? .qrLoginApproved : .qrLoginDenied, id, by: principal, address: address, in: transaction)
        return isApproved
    }

    /// Answers a device how its sign-in stands: at once if that is another state than the device knows, else when it changes or the wait is
    /// over. After an approval the answer has the device's own session, once.
    ///
    /// - Throws: ``Refusal/notFound`` for an unknown sign-in as for a wrong secret.
    package func progress(
        _ id: UUID, pollSecret: String, known: QRLoginState, wait: Duration, address: String
    ) async throws -> QRLoginProgress {
        let poll = OneTimeSecret(attempt: pollSecret)
        let end = ContinuousClock.now + min(wait, .seconds(Self.longestWait))
        while true {
            let state = try await store.state(id, poll: poll, realm: realm, in: pool)
            guard let state else { throw Refusal.notFound }
            if state == .approved { return try await collect(id, poll: poll, address: address) }
            let rest = end - ContinuousClock.now
            // A service that is about to end doesn't wait for its devices.
            guard state == known, rest > .zero, !Task.isShuttingDownGracefully else { return QRLoginProgress(state) }
            try await Task.sleep(for: min(rest, Self.pause))
        }
    }

    private func collect(_ id: UUID, poll: OneTimeSecret, address: String) async throws -> QRLoginProgress {
        let token = Token(realm: realm)
        return try await pool.withTransaction { transaction in
            guard let approval = try await store.collect(id, poll: poll, realm: realm, in: transaction) else {
                // Another call of the device was faster, or the time has run out meanwhile.
                let state = try await store.state(id, poll: poll, realm: realm, in: transaction)
                return QRLoginProgress(state ?? .expired)
            }
            let signedIn = try await sessions.open(
                ofAccount: approval.accountID, approvedBy: approval.sessionID, realm: realm, token: token, address: address,
                method: .qrCode,
                in: transaction
            )
            return signedIn.map { QRLoginProgress(.approved, signedIn: $0) } ?? QRLoginProgress(.denied)
        }
    }

    private func record(
        _ action: AuditAction, _ id: UUID, by principal: Principal, address: String, in transaction: PostgresTransaction
    ) async throws {
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: action, subject: "qr_login:" + id.uuidString.lowercased(), address: address
            ),
            in: transaction
        )
    }
}
