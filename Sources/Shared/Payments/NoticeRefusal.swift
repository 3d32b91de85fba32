/// Why something that was posted as a gateway's notice is not believed. Nothing is changed by it.
package enum NoticeRefusal: Error, Hashable, Sendable {
    /// There are more parameters than any notice has.
    case tooManyParameters
    /// A parameter occurs twice, so that two readers could see two things.
    case duplicateParameter
    /// The signature is missing.
    case signatureMissing
    /// The kind of signature is not the one that was agreed upon.
    case signatureKindUnknown
    /// The signature doesn't belong to these parameters and the gateway's key.
    case signatureInvalid
    /// It is for another application.
    case applicationUnknown
    /// The money went to somebody else.
    case sellerUnknown
    /// A parameter is missing or has no meaning.
    case malformed(parameter: String)

    /// A stable word for metrics and logs.
    package var code: String {
        switch self {
        case .tooManyParameters: "too_many_parameters"
        case .duplicateParameter: "duplicate_parameter"
        case .signatureMissing: "signature_missing"
        case .signatureKindUnknown: "signature_kind_unknown"
        case .signatureInvalid: "signature_invalid"
        case .applicationUnknown: "application_unknown"
        case .sellerUnknown: "seller_unknown"
        case .malformed: "malformed"
        }
    }
}
