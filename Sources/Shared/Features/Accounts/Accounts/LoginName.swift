/// What somebody signs in under: a username, a phone number or an e-mail address. The three never look alike.
package enum LoginName: Hashable, Sendable {
    case username(Username)
    case phone(PhoneNumber)
    case email(EmailAddress)

    /// Tells which of the three a text is; `nil` when it can't be anybody's.
    package init?(_ text: String) {
        if text.contains("@") {
            guard let email = try? EmailAddress(text) else { return nil }
            self = .email(email)
        } else if let username = try? Username(text) {
            self = .username(username)
        } else if let phone = try? PhoneNumber(text) {
            self = .phone(phone)
        } else {
            return nil
        }
    }

    /// The normalised spelling, the same for all the ways in which one name can be written.
    package var text: String {
        switch self {
        case .username(let username): username.description
        case .phone(let phone): phone.description
        case .email(let email): email.description
        }
    }
}
