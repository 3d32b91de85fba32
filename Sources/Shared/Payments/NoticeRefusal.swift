/// Why something that was posted as a gateway's notice is not believed, or not for us. No order and no payment is changed by it.
package enum NoticeRefusal: Error, Hashable, Sendable {
    /// There are more parameters than any notice has.
    case tooManyParameters
    /// A parameter occurs twice, so that two readers could see two things.
    case duplicateParameter
    /// The signature is missing.
    case signatureMissing
    /// The kind of signature is not the one that was agreed upon.
    case signatureKindUnknown
    /// The signature is made under another certificate than the one that we know.
    case certificateUnknown
    /// The signature doesn't belong to these parameters and the gateway's key.
    case signatureInvalid
    /// Truly the gateway's, but for another application.
    case applicationUnknown(PaymentFact)
    /// Truly the gateway's, but the money went to somebody else.
    case sellerUnknown(PaymentFact)
    /// A parameter is missing or has no meaning.
    case malformed(parameter: String)

    /// A stable word for metrics and logs.
    package var code: String {
        switch self {
        case .tooManyParameters: "too_many_parameters"
        case .duplicateParameter: "duplicate_parameter"
        case .signatureMissing: "signature_missing"
        case .signatureKindUnknown: "signature_kind_unknown"
        case .certificateUnknown: "certificate_unknown"
        case .signatureInvalid: "signature_invalid"
        case .applicationUnknown: "application_unknown"
        case .sellerUnknown: "seller_unknown"
        case .malformed: "malformed"
        }
    }

    /// What the gateway truly said although it is not for us, and the outcome under which it is recorded.
    package var misdirected: (fact: PaymentFact, outcome: SettlementOutcome)? {
        switch self {
        case .applicationUnknown(let fact): (fact, .applicationUnknown)
        case .sellerUnknown(let fact): (fact, .sellerUnknown)
        case .tooManyParameters, .duplicateParameter, .signatureMissing, .signatureKindUnknown, .certificateUnknown, .signatureInvalid,
            .malformed:
            nil
        }
    }
}
