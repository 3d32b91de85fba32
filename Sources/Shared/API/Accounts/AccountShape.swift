import Callers
package import HTTP
package import Shared

/// Accounts and merchants in answers.
package enum AccountShape {
    package static let account = Shape<Account>(
        "Account",
        .id("id", "Number of the account.", example: "12") { $0.id },
        .enumeration("realm", "The side of the platform that it belongs to.") { $0.realm },
        .text("username", "The name that it signs in with.", example: "anna") { $0.username },
        .text("phone", "Its phone number (E.164).", example: "+8613800138000") { $0.phone },
        .bool("phone_verified", "Whether a code that was sent there has proved it to be the account's; only then codes open the account.") {
            $0.phoneVerifiedAt != nil
        },
        .text("email", "Its e-mail address.", example: "anna@example.com") { $0.email },
        .bool("email_verified", "The same of the e-mail address.") { $0.emailVerifiedAt != nil },
        .int("permission", "What it may do: the sum of read 1, write 2, modify 4 and delete 8.", example: "7") { $0.permission.rawValue },
        .id("merchant_id", "The merchant that a cinema account acts for.", example: "3", absentWhenNil: true) { $0.merchantID },
        .bool("disabled", "Whether it has been disabled.") { $0.isDisabled },
        .enumeration(
            "disabled_by",
            "Whose people have disabled it: its merchant's (`cinema`) or the platform's (`admin`), which only the platform undoes.",
            example: "admin", absentWhenNil: true
        ) { $0.disabledBy },
        .timestamp("created_at", "When it was made.") { $0.createdAt }
    )

    package static let merchant = Shape<Merchant>(
        "Merchant",
        .id("id", "Number of the merchant.", example: "3") { $0.id },
        .text("name", "Name of the company.", example: "万达影城") { $0.name },
        .bool("verified", "Whether an administrator has verified it; an unverified merchant can't sell.") { $0.isVerified },
        .timestamp("verified_at", "When that was.") { $0.verifiedAt },
        .timestamp("created_at", "When it registered.") { $0.createdAt }
    )

    package static let signedIn = Shape<SignedIn>(
        "SignedIn",
        .text(
            "token", "The token of this session, shown this once. Send it as `Authorization: Bearer`.",
            example: "client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui"
        ) { $0.token.text },
        .timestamp("expires_at", "When the session ends by itself.") { $0.expiresAt },
        .object("account", account, "Who is signed in.") { $0.account }
    )
}
