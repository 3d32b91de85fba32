package import Callers

extension Refusal {
    // Who is asking.

    /// The login or the password is wrong; the answer doesn't say which.
    package static let credentialsWrong = Refusal(.unauthenticated, "credentials_wrong")
    /// The password was right, but an administrator has disabled the account.
    package static let accountDisabled = Refusal(.forbidden, "account_disabled")

    /// Too many wrong passwords for this login from this IP address, or from this IP address altogether.
    ///
    /// - Parameter seconds: after which it may be tried again.
    package static func signInThrottled(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "sign_in_throttled")
    }

    /// The proof is no longer enough: the account's phone number or e-mail address was changed a moment ago.
    package static let contactsChanged = Refusal(.conflict, "contacts_changed")

    // What an account may look like.

    package static let usernameInvalid = Refusal(.invalid(pointer: "/username"), "username_invalid")
    package static let phoneInvalid = Refusal(.invalid(pointer: "/phone"), "phone_invalid")
    package static let emailInvalid = Refusal(.invalid(pointer: "/email"), "email_invalid")
    package static let passwordTooShort = passwordTooShort(minimum: Password.lengths.lowerBound)

    /// - Parameter minimum: what the account's realm asks for.
    package static func passwordTooShort(minimum: Int) -> Refusal {
        Refusal(.invalid(pointer: "/password"), "password_too_short").with("minimum", .number(Int64(minimum)))
    }

    /// It is among the first passwords that an attacker would guess.
    package static let passwordCommon = Refusal(.invalid(pointer: "/password"), "password_common")
    package static let passwordTooLong = Refusal(.invalid(pointer: "/password"), "password_too_long").about(
        limit: Password.lengths.upperBound)
    package static let permissionInvalid = Refusal(.invalid(pointer: "/permission"), "permission_invalid")
    package static let merchantNameInvalid = Refusal(.invalid(pointer: "/merchant_name"), "merchant_name_invalid")

    // Codes and second factors.

    /// Neither a phone number nor an e-mail address is given, or both.
    package static let destinationAmbiguous = Refusal(.invalid(pointer: ""), "destination_ambiguous")

    /// - Parameter seconds: after which another code may be asked for.
    package static func codeTooSoon(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "code_too_soon")
    }

    /// Too many codes in 24 hours for this number or mailbox, or from this IP address or its site.
    ///
    /// - Parameter seconds: after which another one may be asked for.
    package static func codeLimitReached(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "code_limit_reached")
    }
    /// No sender of messages is set up.
    package static let messagesOff = Refusal(.unavailable(retryAfter: 3600), "messages_unavailable")
    /// The key that protects codes and second factors is not set.
    package static let secretsMissing = Refusal(.unavailable(retryAfter: 3600), "secrets_unavailable")
    /// Wrong, expired, used, or tried too often; the answer doesn't say which.
    package static let codeWrong = Refusal(.invalid(pointer: "/code"), "code_wrong")
    /// The same when somebody signs in with it.
    package static let signInCodeWrong = Refusal(.unauthenticated, "code_wrong")
    /// A change needs a code that was sent to the new number or mailbox.
    package static let codeMissing = Refusal(.invalid(pointer: "/code"), "code_missing")
    /// A change needs the account's password.
    package static let passwordMissing = Refusal(.invalid(pointer: "/password"), "password_missing")
    /// It isn't the caller's own password.
    package static let passwordWrong = Refusal(.invalid(pointer: "/password"), "password_wrong")
    /// The change is about both, and a code belongs to one of them.
    package static let oneChangeAtATime = Refusal(.invalid(pointer: ""), "one_at_a_time")
    /// The password was right, and the account has a second factor.
    package static let totpRequired = Refusal(.unauthenticated, "totp_required")
    /// Wrong, or used before.
    package static let totpWrong = Refusal(.unauthenticated, "totp_wrong")
    /// A hundred wrong codes in a row were tried at the second factor.
    package static let secondFactorClosed = Refusal(.unauthenticated, "totp_closed")
    /// A new second factor needs the old one to end first.
    package static let secondFactorOn = Refusal(.conflict, "totp_enabled")
    /// The password is right, but somebody else has set it; or it is too short to be enough alone, now that the account has no second
    /// factor.
    package static let newPasswordRequired = Refusal(.unauthenticated, "new_password_required")
    /// The new password is the one that has to be replaced.
    package static let passwordUnchanged = Refusal(.invalid(pointer: "/new_password"), "password_unchanged")
    /// The people of cinemas and of the platform may do nothing before they have a second factor.
    package static let secondFactorRequired = Refusal(.forbidden, "second_factor_required")
    /// The password alone is too short to protect the account without the second factor.
    package static let longerPasswordNeeded = Refusal(.conflict, "longer_password_needed")
    /// An account with a verified phone number or mailbox gets its first password by a code that is sent there.
    package static let passwordSetByCode = Refusal(.conflict, "password_set_by_code")
    /// The account has no second factor, or setting one up was never begun.
    package static let secondFactorOff = Refusal(.conflict, "totp_not_enabled")

    // What is already taken, within one realm.

    package static let usernameTaken = Refusal(.conflict, "username_taken")
    package static let phoneTaken = Refusal(.conflict, "phone_taken")
    package static let emailTaken = Refusal(.conflict, "email_taken")

    /// An administrator tried to disable the account that it is signed in with.
    package static let ownAccount = Refusal(.conflict, "own_account")

    // Repeated requests.

    /// The first request under this Idempotency-Key hasn't ended yet.
    package static let requestInProgress = Refusal(.conflict, "request_in_progress")
    /// This Idempotency-Key came with another request before.
    package static let idempotencyKeyReused = Refusal(.invalid(pointer: ""), "idempotency_key_reused")
}
