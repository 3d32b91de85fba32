import NIOCore
import NIOHTTP1
import Text

/// Reads requests with NIO's decoder, and names the fault of those that it can't read.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    /// The limits, in bytes: of a target, of a field's name, of its value, and of all of them together. Also the number of fields.
    static let limits = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 * 1024
        limits.maxHeaderListSize = 32 * 1024
        limits.maxHeaderFieldCount = 100
        return limits
    }()

    private let base = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: RequestDecoder.limits)
    /// The first bytes of the line that the decoder has used up and whose end hasn't come: one more than a method and its space may have.
    private var line: [UInt8] = []
    /// Whether the next bytes that the decoder uses up begin with a target.
    private var keepsTarget = false

    func decoderAdded(context: ChannelHandlerContext) {
        base.decoderAdded(context: context)
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        base.decoderRemoved(context: context)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        let isBlank = buffer.readableBytesView.allSatisfy { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        let state = try telling(&buffer) { buffer in try base.decode(context: context, buffer: &buffer) }
        context.fireUserInboundEventTriggered(RequestGuard.BytesRead(isBlank: isBlank))
        return state
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try telling(&buffer) { buffer in try base.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF) }
    }

    /// - Throws: ``MessageFault``.
    private func telling(_ buffer: inout ByteBuffer, _ work: (inout ByteBuffer) throws -> DecodingState) throws -> DecodingState {
        let before = buffer
        do {
            let state = try work(&buffer)
            let used = before.readableBytes - buffer.readableBytes
            // When no bytes were used up, the same text goes on.
            if used > 0 { noteUsed(before.readableBytesView.prefix(used)) }
            return state
        } catch let error as HTTPParserError {
            throw fault(error, HeadText(before.readableBytesView))
        }
    }

    /// A method and its space may come in one piece, in several, or with what follows.
    private func noteUsed(_ bytes: ByteBufferView.SubSequence) {
        if let end = bytes.lastIndex(of: UInt8(ascii: "\n")) {
            line = Array(bytes.suffix(from: bytes.index(after: end)).prefix(HeadText.longestMethod + 2))
        } else {
            line += bytes.prefix(HeadText.longestMethod + 2 - line.count)
        }
        keepsTarget = HeadText.isMethodAndSpace(line)
    }

    private func fault(_ error: HTTPParserError, _ text: HeadText) -> MessageFault {
        switch error {
        case .headerOverflow:
            text.isTargetOverlong(Self.limits.maxHeaderFieldSize, beginsWithTarget: keepsTarget) ? .targetTooLong : .headTooLarge
        case .invalidMethod: text.hasUnknownMethod ? .methodUnknown : .malformed
        // The parser says the same of a version that is followed by anything but the end of its line.
        case .invalidVersion: text.hasUnknownVersion(beginsWithTarget: keepsTarget) ? .versionUnknown : .malformed
        // The parser reports the first bytes of HTTP/2 as a pause.
        case .paused: .versionUnknown
        default: .malformed
        }
    }
}

/// The bytes at which the decoder stopped. They may begin with earlier requests, or anywhere within a head.
private struct HeadText {
    private let lines: [ArraySlice<UInt8>]

    init(_ bytes: some Sequence<UInt8>) {
        lines = Array(bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// What is taken for a method has at most so many bytes.
    static let longestMethod = 64

    /// Whether a line has a method and the space after it, and nothing else.
    static func isMethodAndSpace(_ line: [UInt8]) -> Bool {
        (2...longestMethod + 1).contains(line.count) && line.last == UInt8(ascii: " ") && line.dropLast().allSatisfy(isOfToken)
    }

    /// Whether the first line that is too long has a target, rather than a field.
    ///
    /// - Parameter beginsWithTarget: whether the first line is the rest of a target.
    func isTargetOverlong(_ limit: Int, beginsWithTarget: Bool) -> Bool {
        guard let index = lines.firstIndex(where: { $0.count > limit }) else { return false }
        return index == 0 && beginsWithTarget || method(of: lines[index]) != nil
    }

    /// Whether one of the lines is the first line of a request with an unknown method.
    var hasUnknownMethod: Bool {
        lines.contains { line in
            guard let method = method(of: line), line.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "*") }) else {
                return false
            }
            return Method(rawValue: method) == nil
        }
    }

    /// Whether one of the lines is the first of a request, and names a version that isn't ours (RFC 9112 §2.3, §3).
    ///
    /// - Parameter beginsWithTarget: whether the first line is the rest of a target.
    func hasUnknownVersion(beginsWithTarget: Bool) -> Bool {
        lines.indices.contains { index in
            let line = lines[index]
            guard index == 0 && beginsWithTarget || method(of: line) != nil else { return false }
            let word = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).last ?? []
            // Of the last line the end may not have come yet.
            guard word.last == UInt8(ascii: "\r") || index == lines.indices.last else { return false }
            let version = String(decoding: word.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            return version.wholeMatch(of: /HTTP\/[0-9]\.[0-9]/) != nil && version != "HTTP/1.0" && version != "HTTP/1.1"
        }
    }

    /// The text before the first space, if it can be a method (RFC 9110 §5.6.2). A field has a colon there.
    private func method(of line: ArraySlice<UInt8>) -> String? {
        let word = line.prefix { $0 != UInt8(ascii: " ") }
        guard !word.isEmpty, word.count < line.count, word.count <= Self.longestMethod, word.allSatisfy(Self.isOfToken) else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
