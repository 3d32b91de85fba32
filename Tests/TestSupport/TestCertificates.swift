import Foundation

/// Makes X.509 certificates with openssl.
package enum TestCertificates {
    /// A certificate and its key, both PEM.
    package struct Certificate: Sendable {
        package let pem: String
        package let key: String
    }

    /// A certificate that signs itself and may sign others.
    ///
    /// - Parameters:
    ///   - subject: such as `/C=CN/O=Test/OU=Trust/CN=Root`.
    ///   - algorithm: `rsa:2048`; `ec` for an elliptic curve; `sm2` for the Chinese one, whose curve and digest few libraries know.
    package static func root(_ subject: String = "/C=CN/O=Test/OU=Trust/CN=Root", algorithm: String = "rsa:2048") async throws
        -> Certificate
    {
        let curve = algorithm == "ec" ? ["-pkeyopt", "ec_paramgen_curve:prime256v1"] : []
        let made = try await Oracle.openssl(
            ["req", "-x509", "-newkey", algorithm] + curve
                + ["-nodes", algorithm == "sm2" ? "-sm3" : "-sha256", "-days", "3650", "-subj", subject]
                + ["-keyout", "key", "-out", "certificate"],
            files: ["key": Data(), "certificate": Data()]
        )
        return try certificate(made, key: made.files["key"])
    }

    /// A certificate that another one signs.
    ///
    /// - Parameters:
    ///   - key: the key in PEM; a new one when it is `nil`.
    ///   - serial: the number in decimal, or in hexadecimal after `0x`.
    ///   - days: how long it is valid from now on.
    ///   - isAuthority: whether it may sign others.
    package static func issued(
        by issuer: Certificate,
        key: String? = nil,
        serial: String = "4711",
        days: Int = 365,
        isAuthority: Bool = false,
        digest: String = "-sha256",
        subject: String = "/C=CN/O=Test/OU=Trust/CN=Somebody"
    ) async throws -> Certificate {
        var key = key.map { Data($0.utf8) }
        if key == nil {
            let made = try await Oracle.openssl(
                ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key"], files: ["key": Data()]
            )
            key = made.files["key"]
        }
        let request = try await Oracle.openssl(
            ["req", "-new", "-key", "key", "-subj", subject, "-out", "request"], files: ["key": key ?? Data(), "request": Data()]
        )
        let made = try await Oracle.openssl(
            [
                "x509", "-req", "-in", "request", "-CA", "issuer", "-CAkey", "issuerKey", "-set_serial", serial, "-days", "\(days)", digest,
                "-extfile", "extensions", "-out", "certificate",
            ],
            files: [
                "request": request.files["request"] ?? Data(), "issuer": Data(issuer.pem.utf8), "issuerKey": Data(issuer.key.utf8),
                "extensions": Data("basicConstraints=CA:\(isAuthority ? "TRUE" : "FALSE")\n".utf8), "certificate": Data(),
            ]
        )
        return try certificate(made, key: key)
    }

    private static func certificate(_ answer: OracleAnswer, key: Data?) throws -> Certificate {
        guard answer.status == 0, let pem = answer.files["certificate"], let key else {
            throw OracleFailed(script: "openssl", output: answer.text)
        }
        return Certificate(pem: String(decoding: pem, as: UTF8.self), key: String(decoding: key, as: UTF8.self))
    }
}
