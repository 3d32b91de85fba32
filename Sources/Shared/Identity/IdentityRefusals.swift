extension Refusal {
    // Who is asking.

    /// No session, or none that still counts.
    package static let unauthenticated = Refusal(
        .unauthenticated, "unauthenticated", "Sign in first: the token is missing, wrong or no longer valid."
    )
    /// The account's own permission lacks what the action needs, as a blacklisted account's does.
    package static let accountRestricted = Refusal(.forbidden, "account_restricted", "This account may not do that.")
    /// The login or the password is wrong; which of the two is not told.
    package static let credentialsWrong = Refusal(.unauthenticated, "credentials_wrong", "The login or the password is wrong.")
    /// The password was right, but an administrator has disabled the account.
    package static let accountDisabled = Refusal(.forbidden, "account_disabled", "This account has been disabled.")
    /// Too many passwords are being checked at this moment.
    package static let tooManySignIns = Refusal(
        .unavailable(retryAfter: 1), "busy", "Too many people are signing in right now. Try again in a moment."
    )

    /// Too many wrong passwords for this login from this address, or from this address altogether.
    ///
    /// - Parameter seconds: after which it may be tried again.
    package static func signInThrottled(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "sign_in_throttled", "Too many wrong passwords. Wait before trying again.")
    }

    // What an account may look like.

    package static let usernameInvalid = Refusal(
        .invalid(pointer: "/username"), "username_invalid",
        "A username has 3 to 32 letters (a to z), Chinese characters, digits, '_', '.' or '-', at least one of them a letter or Chinese character."
    )
    package static let phoneInvalid = Refusal(
        .invalid(pointer: "/phone"), "phone_invalid",
        "A phone number has a country code and at most 15 digits, as in +8613800138000; +86 is assumed without one."
    )
    package static let emailInvalid = Refusal(.invalid(pointer: "/email"), "email_invalid", "This is not an e-mail address.")
    package static let passwordTooShort = Refusal(
        .invalid(pointer: "/password"), "password_too_short", "A password has at least 8 characters."
    )
    package static let passwordTooLong = Refusal(
        .invalid(pointer: "/password"), "password_too_long", "A password has at most 128 characters."
    )
    package static let permissionInvalid = Refusal(
        .invalid(pointer: "/permission"), "permission_invalid",
        "A permission is the sum of some of read 1, write 2, modify 4 and delete 8: a number from 0 to 15."
    )
    package static let merchantNameInvalid = Refusal(
        .invalid(pointer: "/merchant_name"), "merchant_name_invalid", "A merchant's name has 1 to 100 characters, not all of them blanks."
    )

    // What is already taken, within one realm.

    package static let usernameTaken = Refusal(.conflict, "username_taken", "Somebody else has this username.")
    package static let phoneTaken = Refusal(.conflict, "phone_taken", "Another account has this phone number.")
    package static let emailTaken = Refusal(.conflict, "email_taken", "Another account has this e-mail address.")

    /// An administrator tried to disable the account that it is signed in with.
    package static let ownAccount = Refusal(.conflict, "own_account", "You can't disable the account that you are signed in with.")

    // Repeated requests.

    /// The first request under this Idempotency-Key hasn't ended yet.
    package static let requestInProgress = Refusal(
        .conflict, "request_in_progress", "A request with this Idempotency-Key is still being worked on."
    )
    /// This Idempotency-Key came with another request before.
    package static let idempotencyKeyReused = Refusal(
        .invalid(pointer: ""), "idempotency_key_reused", "This Idempotency-Key was used for another request. Use a new one."
    )
}
