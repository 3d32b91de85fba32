package import Callers

extension Refusal {
    // Who is asking.

    /// The login or the password is wrong; the answer doesn't say which.
    package static let credentialsWrong = Refusal(.unauthenticated, "credentials_wrong", "The login or the password is wrong.")
    /// The password was right, but an administrator has disabled the account.
    package static let accountDisabled = Refusal(.forbidden, "account_disabled", "This account has been disabled.")

    /// Too many wrong passwords for this login from this IP address, or from this IP address altogether.
    ///
    /// - Parameter seconds: after which it may be tried again.
    package static func signInThrottled(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "sign_in_throttled", "Too many wrong passwords. Wait before trying again.")
    }

    /// The proof is no longer enough: the account's phone number or e-mail address was changed a moment ago.
    package static let contactsChanged = Refusal(
        .conflict, "contacts_changed", "Your phone number or e-mail address has just been changed. Look at them, and try again."
    )

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
    package static let passwordTooShort = passwordTooShort(minimum: Password.lengths.lowerBound)

    /// - Parameter minimum: what the account's realm asks for.
    package static func passwordTooShort(minimum: Int) -> Refusal {
        Refusal(.invalid(pointer: "/password"), "password_too_short", "A password has at least \(minimum) characters here.")
    }

    /// It is among the first passwords that an attacker would guess.
    package static let passwordCommon = Refusal(
        .invalid(pointer: "/password"), "password_common",
        "This password is too easy to guess: many people have it, or it is your own name."
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

    // Codes and second factors.

    /// Neither a phone number nor an e-mail address is given, or both.
    package static let destinationAmbiguous = Refusal(
        .invalid(pointer: ""), "destination_ambiguous", "Give either a phone number or an e-mail address."
    )

    /// - Parameter seconds: after which another code may be asked for.
    package static func codeTooSoon(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "code_too_soon", "A code was sent a moment ago. Wait before asking for another one.")
    }

    /// Too many codes in 24 hours for this number or mailbox, or from this IP address or its site.
    ///
    /// - Parameter seconds: after which another one may be asked for.
    package static func codeLimitReached(seconds: Int) -> Refusal {
        Refusal(
            .tooOften(retryAfter: seconds), "code_limit_reached",
            "Too many codes were asked for: there may be `limit` in 24 hours. Ask where you have signed in before, or wait."
        )
    }
    /// No sender of messages is set up.
    package static let messagesOff = Refusal(
        .unavailable(retryAfter: 3600), "messages_unavailable", "This service can't send messages at present."
    )
    /// The key that protects codes and second factors is not set.
    package static let secretsMissing = Refusal(
        .unavailable(retryAfter: 3600), "secrets_unavailable", "This service isn't set up for codes and second factors."
    )
    /// Wrong, expired, used, or tried too often; the answer doesn't say which.
    package static let codeWrong = Refusal(
        .invalid(pointer: "/code"), "code_wrong", "The code is wrong or no longer valid. Ask for another one.")
    /// The same when somebody signs in with it.
    package static let signInCodeWrong = Refusal(
        .unauthenticated, "code_wrong", "The code is wrong or no longer valid. Ask for another one."
    )
    /// A change needs a code that was sent to the new number or mailbox.
    package static let codeMissing = Refusal(
        .invalid(pointer: "/code"), "code_missing", "A code is needed that was sent to the new phone number or e-mail address."
    )
    /// A change needs the account's password.
    package static let passwordMissing = Refusal(.invalid(pointer: "/password"), "password_missing", "The account's password is needed.")
    /// It isn't the caller's own password.
    package static let passwordWrong = Refusal(.invalid(pointer: "/password"), "password_wrong", "The password is wrong.")
    /// The change is about both, and a code belongs to one of them.
    package static let oneChangeAtATime = Refusal(
        .invalid(pointer: ""), "one_at_a_time", "Change the phone number and the e-mail address one after the other: each needs a code."
    )
    /// The password was right, and the account has a second factor.
    package static let totpRequired = Refusal(.unauthenticated, "totp_required", "Send the code of your authenticator application, too.")
    /// Wrong, or used before.
    package static let totpWrong = Refusal(.unauthenticated, "totp_wrong", "The authenticator's code is wrong or was used before.")
    /// A hundred wrong codes in a row were tried at the second factor.
    package static let secondFactorClosed = Refusal(
        .unauthenticated, "totp_closed",
        "Too many wrong codes were tried. Sign in with a recovery code, or have an administrator open your second factor again."
    )
    /// A new second factor needs the old one to end first.
    package static let secondFactorOn = Refusal(.conflict, "totp_enabled", "The account has a second factor already.")
    /// The password is right, but somebody else has set it; or it is too short to be enough alone, now that the account has no second
    /// factor.
    package static let newPasswordRequired = Refusal(
        .unauthenticated, "new_password_required",
        "Somebody else has set this password, or it is too short to stand alone. Send a new one of your own, too, as `new_password`."
    )
    /// The new password is the one that has to be replaced.
    package static let passwordUnchanged = Refusal(
        .invalid(pointer: "/new_password"), "password_unchanged", "This is the password that has to be replaced. Send another one."
    )
    /// The people of cinemas and of the platform may do nothing before they have a second factor.
    package static let secondFactorRequired = Refusal(
        .forbidden, "second_factor_required",
        "Set up a second factor first: until then only /v1/me, /v1/me/totp and /v1/sessions/current can be reached."
    )
    /// The password alone is too short to protect the account without the second factor.
    package static let longerPasswordNeeded = Refusal(
        .conflict, "longer_password_needed",
        "Your password is too short to stand alone. Set a longer one before you turn the second factor off."
    )
    /// An account with a verified phone number or mailbox gets its first password by a code that is sent there.
    package static let passwordSetByCode = Refusal(
        .conflict, "password_set_by_code",
        "You have no password yet. Set one by a code that is sent to your phone number or e-mail address."
    )
    /// The account has no second factor, or setting one up was never begun.
    package static let secondFactorOff = Refusal(.conflict, "totp_not_enabled", "The account has no second factor.")

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
