/// Why a posted notice is not believed, or not meant for us. It changes no order and no payment.
package enum NoticeRefusal: Error, Hashable, Sendable {
    /// The header Content-Type doesn't name the form of notices.
    case contentTypeUnknown
    case bodyCompressed
    /// The body is longer than any notice.
    case bodyTooLarge
    /// The body can't be parsed as a form.
    case formInvalid
    /// There are more parameters than any notice has.
    case tooManyParameters
    /// A parameter occurs twice, so two readers could read two different values.
    case duplicateParameter
    /// The signature is missing.
    case signatureMissing
    /// The kind of signature is not the one that was agreed upon.
    case signatureKindUnknown
    /// The signature is made under another certificate than the one that we know.
    case certificateUnknown
    /// The signature doesn't belong to these parameters and the gateway's key.
    case signatureInvalid
    /// Truly signed, but the signed text could be read as other parameters too.
    case ambiguousParameter
    /// Truly the gateway's, but for another application.
    case applicationUnknown(PaymentFact)
    /// Truly the gateway's, but the money went to somebody else.
    case sellerUnknown(PaymentFact)
    /// Truly signed, but a parameter is missing or has no meaning.
    case malformed(parameter: String)
    /// Truly signed, but a parameter's bytes are no text of the character set that the notice names.
    case undecodable(parameter: String)

    /// The stable words of ``code``.
    package enum Code: String, CaseIterable, Sendable {
        case contentTypeUnknown = "content_type_unknown"
        case bodyCompressed = "body_compressed"
        case bodyTooLarge = "body_too_large"
        case formInvalid = "form_invalid"
        case tooManyParameters = "too_many_parameters"
        case duplicateParameter = "duplicate_parameter"
        case signatureMissing = "signature_missing"
        case signatureKindUnknown = "signature_kind_unknown"
        case certificateUnknown = "certificate_unknown"
        case signatureInvalid = "signature_invalid"
        case ambiguousParameter = "ambiguous_parameter"
        case applicationUnknown = "application_unknown"
        case sellerUnknown = "seller_unknown"
        case malformed
        case undecodable
    }

    /// A stable word for records, metrics and logs.
    package var code: Code {
        switch self {
        case .contentTypeUnknown: .contentTypeUnknown
        case .bodyCompressed: .bodyCompressed
        case .bodyTooLarge: .bodyTooLarge
        case .formInvalid: .formInvalid
        case .tooManyParameters: .tooManyParameters
        case .duplicateParameter: .duplicateParameter
        case .signatureMissing: .signatureMissing
        case .signatureKindUnknown: .signatureKindUnknown
        case .certificateUnknown: .certificateUnknown
        case .signatureInvalid: .signatureInvalid
        case .ambiguousParameter: .ambiguousParameter
        case .applicationUnknown: .applicationUnknown
        case .sellerUnknown: .sellerUnknown
        case .malformed: .malformed
        case .undecodable: .undecodable
        }
    }

    /// The name of the wrong parameter, where a parameter is the reason.
    package var parameter: String? {
        switch self {
        case .malformed(let parameter), .undecodable(let parameter): parameter
        default: nil
        }
    }

    /// Whether the signature was good, and the notice was refused for another reason.
    package var isProven: Bool {
        switch self {
        case .ambiguousParameter, .applicationUnknown, .sellerUnknown, .malformed, .undecodable: true
        case .contentTypeUnknown, .bodyCompressed, .bodyTooLarge, .formInvalid, .tooManyParameters, .duplicateParameter, .signatureMissing,
            .signatureKindUnknown, .certificateUnknown, .signatureInvalid:
            false
        }
    }

    /// The fact of a notice that is the gateway's but not for us, and the outcome under which it is recorded; `nil` for other refusals.
    package var misdirected: (fact: PaymentFact, outcome: PaymentFactOutcome)? {
        switch self {
        case .applicationUnknown(let fact): (fact, .applicationUnknown)
        case .sellerUnknown(let fact): (fact, .sellerUnknown)
        default: nil
        }
    }
}
