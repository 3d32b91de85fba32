package import HTTP

/// The fields with which people sign up and change their accounts, in every service.
package enum NewAccountFields {
    /// It has no pattern, because the rule for letters in ``Username`` can't be written as one.
    package static let username = FieldKind<String>.text(1...64)
    package static let usernameMeaning =
        "3 to 32 letters (a to z), Chinese characters, digits, `_`, `.` and `-`, at least one of them a letter or Chinese character."
    /// The bounds of the text that is read. The password's own rule applies after normalisation.
    package static let password = FieldKind<String>.password(1...512)
    package static let passwordMeaning = "8 to 128 characters, whichever they are; not one that everybody would guess."
    package static let staffPasswordMeaning =
        "8 to 128 characters, whichever they are, but at least 15 (or what the service is set to) as long as there is no second factor."
    package static let code = FieldKind<String>.typed(1...32)
    package static let requestID = FieldKind<String>.text(1...64)
    package static let requestIDMeaning = "What came when the code was asked for: the code counts only together with it."
    package static let requestIDExample = "request_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"
    package static let phone = FieldKind<String>.typed(1...32)
    package static let phoneMeaning = "Phone number; +86 is assumed where it has no country code."
    package static let email = FieldKind<String>.typed(1...254)
    package static let emailMeaning = "E-mail address."
}
