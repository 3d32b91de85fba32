import Foundation
import Glibc
import Shared

/// Key pairs in files: `NAME_private.pem` (PKCS#8, readable by the owner only) and `NAME_public.pem` (SubjectPublicKeyInfo).
enum KeyFiles {
    /// Makes a key pair unless the file of its private half exists.
    ///
    /// - Throws: ``SandboxSettingError`` when the files cannot be written.
    static func make(_ name: String, in folder: URL) throws {
        let privateFile = folder.appending(path: "\(name)_private.pem")
        let publicFile = folder.appending(path: "\(name)_public.pem")
        guard !FileManager.default.fileExists(atPath: privateFile.path) else { return }
        let pair = try AlipaySigner()
        // Files that this process creates from here on are readable by their owner only, from the first moment.
        umask(0o077)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(pair.publicKeyPEM.appending("\n").utf8).write(to: publicFile, options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: publicFile.path)
            try Data(pair.privateKeyPEM.appending("\n").utf8).write(to: privateFile, options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: privateFile.path)
        } catch {
            throw SandboxSettingError(setting: folder.path, reason: "cannot hold the keys: \(error.localizedDescription)")
        }
    }

    /// The private key in a file. When the file is missing, a key is made first, and its public half is written beside it.
    ///
    /// - Throws: ``SandboxSettingError``.
    static func signer(at path: String, setting: String) throws -> AlipaySigner {
        let file = URL(filePath: path)
        if !FileManager.default.fileExists(atPath: path) {
            let suffix = "_private.pem"
            guard file.lastPathComponent.hasSuffix(suffix) else {
                throw SandboxSettingError(setting: setting, reason: "names a missing file; one that ends in \(suffix) would be made")
            }
            try make(String(file.lastPathComponent.dropLast(suffix.count)), in: file.deletingLastPathComponent())
        }
        guard let text = try? String(contentsOf: file, encoding: .utf8), let signer = try? AlipaySigner(privateKey: text) else {
            throw SandboxSettingError(setting: setting, reason: "names the file \(path), which has no RSA private key of 2048 bits or more")
        }
        return signer
    }

    /// The text of a file.
    ///
    /// - Throws: ``SandboxSettingError``.
    static func text(at path: String, setting: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw SandboxSettingError(setting: setting, reason: "names the file \(path), which can't be read")
        }
        return text
    }

    /// The certificates of both parties, for certificate mode.
    ///
    /// - Parameter signer: the gateway's private key. The gateway's certificate must be for this key.
    /// - Throws: ``SandboxSettingError``.
    static func certificates(_ files: AlipayCertificates.Files, of signer: AlipaySigner) throws -> AlipayCertificates {
        let certificates: AlipayCertificates
        do {
            certificates = try AlipayCertificates(files, at: Date())
        } catch let error as AlipayConfigurationError {
            throw SandboxSettingError(setting: error.setting.replacing("ALIPAY_", with: "ALIPAY_SANDBOX_"), reason: error.reason)
        }
        guard certificates.verifier.accepts(try signer.sign("alipay"), for: "alipay") else {
            throw SandboxSettingError(
                setting: "ALIPAY_SANDBOX_CERTIFICATE_FILE", reason: "is not of the key in ALIPAY_SANDBOX_PRIVATE_KEY_FILE")
        }
        return certificates
    }

    /// The public key in a file.
    ///
    /// - Throws: ``SandboxSettingError``.
    static func verifier(at path: String, setting: String) throws -> AlipayVerifier {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let verifier = try? AlipayVerifier(publicKey: text) else {
            throw SandboxSettingError(setting: setting, reason: "names the file \(path), which has no RSA public key of 2048 bits or more")
        }
        return verifier
    }
}
