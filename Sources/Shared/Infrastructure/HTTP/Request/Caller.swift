/// The account behind a request's token, as far as HTTP and its handlers need to know it.
package struct Caller: Hashable, Sendable {
    package let accountID: Int64
    /// `client`, `cinema` or `admin`.
    package let realm: String
    /// The merchant that a cinema account acts for.
    package let merchantID: Int64?
    /// The cinemas of its merchant that it is limited to; `nil` for all.
    package let cinemaIDs: [Int64]?
    /// The bits of the actions that the account may do to each resource: read 1, write 2, modify 4, delete 8. What it may do to
    /// ``Resource/every`` it may do to all.
    package let permissions: [Resource: Int]
    package let sessionID: Int64
    /// What it is answered wherever an endpoint doesn't say that it ``Endpoint/admitsRestricted``; `nil` for nearly everybody.
    package let restriction: Problem?

    package init(
        accountID: Int64, realm: String, merchantID: Int64? = nil, cinemaIDs: [Int64]? = nil, permissions: [Resource: Int],
        sessionID: Int64, restriction: Problem? = nil
    ) {
        self.accountID = accountID
        self.realm = realm
        self.merchantID = merchantID
        self.cinemaIDs = cinemaIDs
        self.permissions = permissions
        self.sessionID = sessionID
        self.restriction = restriction
    }

    /// A caller who may do the same to all resources.
    package init(accountID: Int64, realm: String, merchantID: Int64? = nil, permission: Int, sessionID: Int64) {
        self.init(accountID: accountID, realm: realm, merchantID: merchantID, permissions: [.every: permission], sessionID: sessionID)
    }

    /// Whether the account may do this.
    package func may(_ action: Action, _ resource: Resource) -> Bool {
        (permissions[resource, default: 0] | permissions[.every, default: 0]) & action.rawValue != 0
    }
}

/// Knows whose a token is.
package protocol Authenticator: Sendable {
    /// The caller that a bearer token stands for.
    ///
    /// - Returns: `nil` for a token that is malformed, unknown, of another realm, ended or expired; HTTP answers all of them alike.
    func caller(forToken token: String) async throws -> Caller?

    /// The caller that a bearer token stood for when it was last looked at, some minutes ago perhaps; `nil` when that isn't known.
    func rememberedCaller(forToken token: String) -> Caller?
}

extension Authenticator {
    package func rememberedCaller(forToken token: String) -> Caller? { nil }
}
