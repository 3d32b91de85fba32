import Text

/// A parameter as the bytes that are signed.
package struct AlipayParameter: Hashable, Sendable {
    package let name: [UInt8]
    package let value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// `application/x-www-form-urlencoded`, the form of requests and notifications.
package enum AlipayForm {
    private static let contentType = "application/x-www-form-urlencoded"

    /// Whether a Content-Type is that of a form, whatever follows: the gateway was seen to send
    /// `application/x-www-form-urlencoded; text/html; charset=UTF-8`.
    package static func isNamed(by contentType: String?) -> Bool {
        contentType?.lowercased().hasPrefix(Self.contentType) ?? false
    }

    /// The form of parameters: UTF-8 bytes, everything but RFC 3986's unreserved characters percent-encoded (a space as `%20`, which every decoder reads).
    package static func encode(_ parameters: [(name: String, value: String)]) -> String {
        encode(parameters.map { AlipayParameter(name: Array($0.name.utf8), value: Array($0.value.utf8)) })
    }

    /// The same for parameters in any character set.
    package static func encode(_ parameters: [AlipayParameter]) -> String {
        var bytes: [UInt8] = []
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            PercentEncoding.append(parameter.name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            PercentEncoding.append(parameter.value, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The parameters of a form in their order, decoded once. `nil` when an escape is broken or the bytes are not UTF-8.
    package static func decode(_ form: String) -> [(name: String, value: String)]? {
        var decoded: [(name: String, value: String)] = []
        guard let parameters = parameters(Array(form.utf8)) else { return nil }
        for parameter in parameters {
            guard
                let name = String(validating: parameter.name, as: UTF8.self), let value = String(validating: parameter.value, as: UTF8.self)
            else { return nil }
            decoded.append((name, value))
        }
        return decoded
    }

    /// The parameters of a form in their order, decoded once to bytes. `nil` when an escape is broken.
    package static func parameters(_ form: [UInt8]) -> [AlipayParameter]? {
        var parameters: [AlipayParameter] = []
        for piece in form.split(separator: UInt8(ascii: "&")) {
            let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard
                let name = PercentEncoding.decode(bytes: halves[0], plusIsSpace: true),
                let value = halves.count == 2 ? PercentEncoding.decode(bytes: halves[1], plusIsSpace: true) : []
            else { return nil }
            parameters.append(AlipayParameter(name: name, value: value))
        }
        return parameters
    }
}
