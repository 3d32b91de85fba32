import Foundation
import SwiftASN1
import Text

/// The signed part of an X.509 certificate (RFC 5280, section 4.1), taken apart.
struct CertificateFields {
    let issuer: ASN1Node
    let subject: ASN1Node
    let publicKey: ASN1Node
    private let serial: ASN1Node
    private let times: ASN1Node
    private let extensions: ASN1Node?

    /// - Throws: ``CertificateMalformed``, and what the parser throws.
    init(_ node: ASN1Node) throws {
        var fields = try node.elements(6)
        if fields[0].identifier == Self.tag(0) { fields.removeFirst() }
        guard fields.count >= 6 else { throw CertificateMalformed() }
        (serial, issuer, times, subject, publicKey) = (fields[0], fields[2], fields[3], fields[4], fields[5])
        extensions = try fields.dropFirst(6).first { $0.identifier == Self.tag(3) }?.elements(1)[0]
    }

    /// The number in decimal.
    func serialNumber() throws -> String {
        guard serial.identifier == .integer, case .primitive(let bytes) = serial.content, let first = bytes.first, first < 0x80 else {
            throw CertificateMalformed()
        }
        // The decimal digits, the lowest first: the number has up to 160 bits, too many for an integer type.
        var digits = [0]
        for byte in bytes {
            var carry = Int(byte)
            for index in digits.indices {
                let value = digits[index] * 256 + carry
                digits[index] = value % 10
                carry = value / 10
            }
            while carry > 0 {
                digits.append(carry % 10)
                carry /= 10
            }
        }
        return digits.reversed().map(String.init).joined()
    }

    func validity() throws -> ClosedRange<Date> {
        let ends = try times.elements(2)
        let (first, last) = (try Self.time(ends[0]), try Self.time(ends[1]))
        guard first <= last else { throw CertificateMalformed() }
        return first...last
    }

    /// Whether its owner may sign certificates (basicConstraints).
    func isAuthority() throws -> Bool {
        guard let extensions else { return false }
        for entry in try extensions.elements(0) {
            let parts = try entry.elements(2)
            guard try parts[0].objectIdentifier() == "2.5.29.19", let value = parts.last, case .primitive(let bytes) = value.content else {
                continue
            }
            guard let first = try DER.parse(bytes).elements(0).first, first.identifier == .boolean else { return false }
            return try Bool(derEncoded: first)
        }
        return false
    }

    private static func tag(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }

    private static func time(_ node: ASN1Node) throws -> Date {
        let (day, seconds): (CalendarDay?, Int)
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            day = CalendarDay(year: time.year, month: time.month, day: time.day)
            seconds = time.hours * 3_600 + time.minutes * 60 + time.seconds
        } else {
            let time = try GeneralizedTime(derEncoded: node)
            day = CalendarDay(year: time.year, month: time.month, day: time.day)
            seconds = time.hours * 3_600 + time.minutes * 60 + time.seconds
        }
        guard let day else { throw CertificateMalformed() }
        return day.start().addingTimeInterval(TimeInterval(seconds))
    }
}

extension ASN1Node {
    /// The elements of a sequence or set.
    ///
    /// - Throws: ``CertificateMalformed`` when it is neither, or has fewer elements.
    func elements(_ least: Int) throws -> [ASN1Node] {
        guard case .constructed(let nodes) = content else { throw CertificateMalformed() }
        let elements = Array(nodes)
        guard elements.count >= least else { throw CertificateMalformed() }
        return elements
    }

    /// An object identifier in dots.
    func objectIdentifier() throws -> String {
        try ASN1ObjectIdentifier(derEncoded: self).description
    }
}
