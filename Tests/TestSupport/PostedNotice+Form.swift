package import Shared

extension PostedNotice {
    /// The media type under which the real gateway was seen to send its notices.
    package static let oddContentType = "application/x-www-form-urlencoded; text/html; charset=UTF-8"

    /// A posted notice with these parameters.
    package init(form: [(name: String, value: String)], contentType: String? = oddContentType) {
        self.init(contentType: contentType, body: Array(AlipayForm.encode(form).utf8))
    }
}

extension PaymentGateway {
    /// The fact that a notice with these parameters reports.
    package func notice(from form: [(name: String, value: String)]) throws -> PaymentFact {
        try notice(from: PostedNotice(form: form))
    }
}
