package import struct Foundation.Date

/// A session that has just begun, with the token that is shown this once.
package struct SignedIn: Sendable {
    package let account: Account
    package let token: Token
    package let expiresAt: Date

    package init(account: Account, token: Token, expiresAt: Date) {
        self.account = account
        self.token = token
        self.expiresAt = expiresAt
    }
}
