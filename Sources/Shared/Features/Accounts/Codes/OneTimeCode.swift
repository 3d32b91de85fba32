import Callers
import Text

/// A number that is sent to a phone or mailbox to learn whether somebody has it.
struct OneTimeCode: Hashable, Sendable {
    let text: String

    /// Six digits of the system's generator, all equally likely.
    init() {
        var generator = SystemRandomNumberGenerator()
        text = String(Int.random(in: 0...999_999, using: &generator), width: 6)
    }

    /// A code that somebody has typed; `nil` for what can't be one.
    init?(_ text: String) {
        guard text.utf8.count == 6, text.utf8.allSatisfy(\.isDecimalDigit) else { return nil }
        self.text = text
    }
}

extension OneTimeCode: CustomStringConvertible, CustomReflectable {
    var description: String { "‹code›" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a code may be used for; one for one thing is worth nothing for another.
package enum CodePurpose: String, CaseIterable, Hashable, Sendable {
    case signIn = "sign_in"
    case resetPassword = "reset_password"
    case changePhone = "change_phone"
    case changeEmail = "change_email"
}

/// Where a code goes.
package enum CodeDestination: Hashable, Sendable {
    case phone(PhoneNumber)
    case email(EmailAddress)

    /// - Throws: ``Refusal/destinationAmbiguous`` unless exactly one is given; ``Refusal/phoneInvalid``, ``Refusal/emailInvalid``.
    package init(phone: String?, email: String?) throws {
        switch (phone, email) {
        case (let phone?, nil): self = .phone(try PhoneNumber(phone))
        case (nil, let email?): self = .email(try EmailAddress(email))
        default: throw Refusal.destinationAmbiguous
        }
    }

    var text: String {
        switch self {
        case .phone(let phone): phone.description
        case .email(let email): email.description
        }
    }

    var channel: Message.Channel {
        switch self {
        case .phone: .sms
        case .email: .email
        }
    }

    var login: LoginName {
        switch self {
        case .phone(let phone): .phone(phone)
        case .email(let email): .email(email)
        }
    }
}

/// A code was asked for: by what the request is known, how long the code holds, and when another may be asked for.
package struct CodeAnnouncement: Hashable, Sendable {
    /// The code counts only together with it.
    package let requestID: OneTimeSecret
    package let lifetime: Duration
    package let pause: Duration
}

/// What somebody shows to have a number or mailbox: the code that was sent there, and the request that it was sent for.
///
/// A stranger who asks for another code, or guesses at it, spoils nothing: that is another request.
package struct CodeAttempt: Hashable, Sendable {
    let request: OneTimeSecret
    let code: String

    package init(requestID: String, code: String) {
        request = OneTimeSecret(attempt: requestID)
        self.code = code
    }
}

extension CodeAttempt: CustomStringConvertible, CustomReflectable {
    package var description: String { "‹code›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How many codes are sent, how long each holds, and how often it may be tried; read at the start.
package struct OneTimeCodeConfiguration: Sendable {
    /// How long a code holds.
    package var lifetime: Duration = .seconds(300)
    /// How often it may be tried.
    package var tries = 5
    /// After how long another one may be asked for.
    package var pause: Duration = .seconds(60)
    /// How many go to one number or mailbox in 24 hours, for each realm and purpose: one must not use up what another needs. All strangers
    /// together may ask for so many, and so many again whoever asks where the account has signed in before.
    package var dailyPerDestination = 10
    /// How many of the strangers' ones a single stranger may ask for.
    package var dailyPerStranger: Int { max(1, dailyPerDestination / 2) }
    /// How many may be asked for from one address in 24 hours: behind one address sit many people, so more.
    package var dailyPerAddress = 100

    package init() {}
}
