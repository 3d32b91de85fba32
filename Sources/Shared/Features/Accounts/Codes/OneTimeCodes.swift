package import Callers
package import Database
import Foundation

/// Sends one-time codes to phones and mailboxes, and checks them.
package struct OneTimeCodes: Sendable {
    private let pool: PostgresPool
    private let secondFactors: SecondFactors
    private let throttle: SignInThrottle
    private let configuration: AccountsConfiguration
    private let secrets: AccountSecrets?
    private let accountStore = AccountStore()
    private let codeStore = OneTimeCodeStore()
    private let auditTrail = AuditTrail()
    private let outbox = Outbox()

    init(
        pool: PostgresPool, secondFactors: SecondFactors, throttle: SignInThrottle, configuration: AccountsConfiguration,
        secrets: AccountSecrets?
    ) {
        self.pool = pool
        self.secondFactors = secondFactors
        self.throttle = throttle
        self.configuration = configuration
        self.secrets = secrets
    }

    /// Sends a code for signing in or for a new password to whoever has the number or mailbox, and has proved it.
    ///
    /// Nobody outside can find out whether anybody has: the answer, the limits and the work are the same. The people of cinemas and of the
    /// platform get codes for signing in only if they have a second factor, which they need as well.
    ///
    /// - Throws: ``Refusal/codeTooSoon(seconds:)``, ``Refusal/codeLimitReached(seconds:)``, ``Refusal/secretsMissing``,
    ///   ``Refusal/messagesOff``.
    package func send(
        _ purpose: CodePurpose, to destination: CodeDestination, realm: Realm, address: String
    ) async throws -> CodeAnnouncement {
        try await pool.withTransaction { transaction in
            let account = try await accountStore.credentials(of: destination.login, realm: realm, in: transaction)?.account
            // Looked up even when there is no account, so that the time tells nothing.
            let isEnough =
                if purpose == .signIn, realm.asksForMoreThanCode {
                    try await secondFactors.state(of: account?.id ?? 0, in: transaction).isOn
                } else { true }
            let reachable = account.flatMap { isEnough && !$0.isDisabled && $0.hasProved(destination) ? $0 : nil }
            return try await send(
                purpose, to: destination, realm: realm, accountID: reachable?.id, actor: nil,
                // A name is looked up even when there is no account, so that the time tells nothing.
                login: account?.countedLogin ?? "nobody", address: address, in: transaction
            )
        }
    }

    /// Sends a code to a number or mailbox that the caller wants to have in its account, or has there and wants to prove. Throws as
    /// ``send(_:to:realm:address:)``.
    package func sendForChange(
        to destination: CodeDestination, of principal: Principal, address: String, in transaction: PostgresTransaction
    ) async throws -> CodeAnnouncement {
        try await send(
            destination.changePurpose, to: destination, realm: principal.realm, accountID: principal.accountID,
            actor: principal.accountID, login: "account:\(principal.accountID)", address: address, in: transaction
        )
    }

    /// - Parameter login: of the account, to look up whether it has signed in from this IP address before.
    private func send(
        _ purpose: CodePurpose, to destination: CodeDestination, realm: Realm, accountID: Int64?, actor: Int64?, login: String,
        address: String, in transaction: PostgresTransaction
    ) async throws -> CodeAnnouncement {
        let secrets = try secrets.required()
        guard configuration.sendsMessages else { throw Refusal.messagesOff }
        let rules = configuration.codes
        let hidden = destinationDigest(destination, by: secrets)
        let asker = OneTimeCodeStore.Asker(
            blocks: AddressBlock.all(of: address), isKnown: try await throttle.isKnown(login: login, address: address, in: transaction)
        )
        let history = try await codeStore.history(
            destination: hidden, realm: realm, purpose: purpose, asker: asker, rules: rules, in: transaction
        )
        // The longer of the two waits first: who is told of the other would come in vain.
        if history.wait > 0 {
            throw Refusal.codeLimitReached(seconds: Int(max(history.wait, history.pause).rounded(.up))).about(limit: history.limit)
        }
        if history.pause > 0 { throw Refusal.codeTooSoon(seconds: Int(history.pause.rounded(.up))) }
        let code = OneTimeCode()
        let request = OneTimeSecret(.request)
        let id = try await codeStore.insert(
            code: codeDigest(code, purpose: purpose, realm: realm, destination: destination, by: secrets), request: request,
            destination: hidden, realm: realm, purpose: purpose, accountID: accountID, asker: asker,
            lifetime: rules.lifetime,
            in: transaction
        )
        let content = SealedMessage.Content(
            channel: destination.channel, recipient: accountID == nil ? "" : destination.text, purpose: purpose.rawValue, code: code.text,
            text: nil, expiresAt: Date(timeIntervalSinceNow: rules.lifetime / .seconds(1))
        )
        try await outbox.add(MessageDelivery.kind, try SealedMessage(codeID: id, content, by: secrets), in: transaction)
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: actor, action: .codeSent, subject: accountID.map { "account:\($0)" } ?? "sign_in:" + realm.rawValue,
                address: address, details: ["purpose": purpose.rawValue, "channel": destination.channel.rawValue]
            ),
            in: transaction
        )
        return CodeAnnouncement(requestID: request, lifetime: rules.lifetime, pause: rules.pause)
    }

    /// Whether a code is the one of its request, for this purpose and destination. The try counts against the request whatever comes later,
    /// so it is made outside of the transaction that the code is for; that one uses the code up by ``use(_:in:)``.
    ///
    /// - Returns: `nil` for a wrong code, one that has expired or was used, and after too many tries.
    func check(
        _ attempt: CodeAttempt, purpose: CodePurpose, destination: CodeDestination, realm: Realm
    ) async throws -> CheckedCode? {
        let secrets = try secrets.required()
        let found = try await codeStore.takeTry(
            of: attempt.request, destination: destinationDigest(destination, by: secrets), realm: realm, purpose: purpose,
            limit: configuration.codes.tries, in: pool
        )
        // A text that can't be a code is a try, too.
        guard
            let found, let accountID = found.accountID, let code = OneTimeCode(attempt.code),
            codeDigest(code, purpose: purpose, realm: realm, destination: destination, by: secrets).isSame(as: found.code)
        else { return nil }
        return CheckedCode(id: found.id, accountID: accountID)
    }

    /// Uses a code up: of many requests that bring it at once, one gets through.
    ///
    /// - Returns: whether this request is the one.
    func use(_ code: CheckedCode, in transaction: PostgresTransaction) async throws -> Bool {
        try await codeStore.use(code.id, in: transaction)
    }

    private func destinationDigest(_ destination: CodeDestination, by secrets: AccountSecrets) -> [UInt8] {
        secrets.digest(["destination", destination.channel.rawValue, destination.text], for: .oneTimeCode)
    }

    private func codeDigest(
        _ code: OneTimeCode, purpose: CodePurpose, realm: Realm, destination: CodeDestination, by secrets: AccountSecrets
    ) -> [UInt8] {
        secrets.digest(["code", realm.rawValue, purpose.rawValue, destination.text, code.text], for: .oneTimeCode)
    }
}

/// A code that was right, and isn't used up yet.
struct CheckedCode: Hashable, Sendable {
    let id: Int64
    let accountID: Int64
}

extension CodeDestination {
    /// What a code is for that proves it to be the caller's.
    var changePurpose: CodePurpose {
        switch self {
        case .phone: .changePhone
        case .email: .changeEmail
        }
    }

    /// The account's field that holds it.
    var field: String {
        switch self {
        case .phone: "phone"
        case .email: "email"
        }
    }

    /// The refusal for a destination that somebody else has proved to have.
    var taken: Refusal {
        switch self {
        case .phone: .phoneTaken
        case .email: .emailTaken
        }
    }
}
