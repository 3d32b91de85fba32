import NIOCore
import NIOHTTP1
import Text

/// Checks each request's framing, and how long it takes to arrive, before anything else sees it. A request with a fault is passed on as a
/// ``FaultyRequest``. A last request is marked in one way. A client that waits for "100 Continue" before it sends its body gets it.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The decoder's event after it has read bytes.
    struct BytesRead: Sendable {
        /// Whether they are nothing but ends of lines. Between requests these belong to none (RFC 9112 §2.2).
        let isBlank: Bool
    }

    /// An event that tells a waiting client to send its body (RFC 9110 §10.1.1).
    struct AskForBody: Sendable {}

    /// The rest of a request can't be read. It is thrown to the reader of the body.
    struct BrokenRequest: Error {
        let fault: MessageFault
    }

    private enum Place {
        case betweenRequests
        case withinRequest
        /// Incoming data is no longer read.
        case afterTheLast
    }

    private var place = Place.betweenRequests
    /// Whether the request that is being read is the last.
    private var isLast = false
    /// Whether the last request speaks HTTP/1.0.
    private var isOldVersion = false
    private var answersDue = 0
    private var arrival: ArrivalClock
    private var timeout: Scheduled<Void>?
    /// Whether the bytes that were read last ended a request, and no head came after it.
    private var hasJustEnded = false
    /// Whether the client may wait for "100 Continue".
    private var isAwaited = false

    init(_ configuration: HTTPConfiguration) {
        arrival = ArrivalClock(limit: .seconds(Int64(configuration.requestSeconds)))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        endArrival()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), place) {
        case (.head(let head), .betweenRequests):
            read(head, context)
        case (.body, .withinRequest):
            context.fireChannelRead(data)
        case (.end, .withinRequest):
            place = isLast ? .afterTheLast : .betweenRequests
            hasJustEnded = true
            endArrival()
            context.fireChannelRead(data)
        case (_, _):
            break
        }
    }

    private func read(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let framing = RequestFraming(head)
        if let fault = framing.fault { return refuse(fault, head, context) }
        var head = head
        place = .withinRequest
        hasJustEnded = false
        answersDue += 1
        isOldVersion = head.version.minor == 0
        // Few HTTP/1.0 clients want to keep the connection, and RFC 9112 §9.3 leaves the decision to the server. After an upgrade the
        // parser reads no more.
        isLast = isOldVersion || framing.asksForUpgrade || !head.isKeepAlive
        if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        // HTTP/1.0 doesn't have this field.
        if isOldVersion { head.headers.remove(name: "Expect") }
        isAwaited = head.headers.contains(name: "Expect")
        if isAwaited { arrival.pause(at: .now()) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private func refuse(_ fault: MessageFault, _ head: HTTPRequestHead?, _ context: ChannelHandlerContext) {
        place = .afterTheLast
        endArrival()
        answersDue += 1
        context.fireChannelRead(wrapInboundOut(.head(FaultyRequest.head(fault, of: head))))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After an error of the parser, further bytes come as further errors.
        guard error is MessageFault || error is HTTPParserError || error is ByteToMessageDecoderError else {
            return context.fireErrorCaught(error)
        }
        breakOff(error as? MessageFault ?? Self.fault(error), context)
    }

    /// Reads no further, and answers the request that is being read, unless it has its answer.
    private func breakOff(_ fault: MessageFault, _ context: ChannelHandlerContext) {
        endArrival()
        switch place {
        case .betweenRequests:
            refuse(fault, nil, context)
            // Nothing else would pass the replacement on when the client has ended its side within a head, or was too slow.
            context.fireChannelReadComplete()
        case .withinRequest where answersDue > 0:
            place = .afterTheLast
            context.fireErrorCaught(BrokenRequest(fault: fault))
        case .withinRequest:
            // The request has its answer, and the client would not get another.
            place = .afterTheLast
            context.fireChannelRead(wrapInboundOut(.end(nil)))
            context.channel.close(mode: .output, promise: nil)
        case .afterTheLast:
            break
        }
    }

    /// The fault that the parser's error stands for.
    private static func fault(_ error: any Error) -> MessageFault {
        if case .invalidVersion? = error as? HTTPParserError { .versionUnknown } else { .malformed }
    }

    // MARK: The time that a request takes

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? BytesRead else { return context.fireUserInboundEventTriggered(event) }
        defer { hasJustEnded = false }
        guard !arrival.isRunning else { return }
        switch place {
        case .betweenRequests:
            // Of bytes that also ended a request nobody knows whether the next began with them. Its next bytes will tell.
            guard !hasJustEnded, !event.isBlank else { return }
            arrival.start(at: .now())
        case .withinRequest:
            arrival.start(at: .now())
            if isAwaited { arrival.pause(at: .now()) }
        case .afterTheLast:
            return
        }
        watchArrival(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if arrival.isRunning { arrival.pause(at: .now()) }
        context.fireChannelReadComplete()
    }

    /// The server waits for bytes, rather than for room to put them.
    func read(context: ChannelHandlerContext) {
        if arrival.isRunning, !(isAwaited && place == .withinRequest) {
            arrival.resume(at: .now())
            watchArrival(context)
        }
        context.read()
    }

    private func watchArrival(_ context: ChannelHandlerContext) {
        guard timeout == nil, let rest = arrival.rest(at: .now()) else { return }
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: rest) { [self] in
            timeout = nil
            guard let rest = arrival.rest(at: .now()) else { return }
            if rest > .zero { watchArrival(context) } else { breakOff(.tooSlow, context) }
        }
    }

    private func endArrival() {
        guard arrival.isRunning else { return }
        arrival.stop()
        timeout?.cancel()
        timeout = nil
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isOldVersion && answersDue == 1 && !head.headers.contains(name: "Content-Length"):
            // HTTP/1.0 has no chunks: the end of the connection marks the end of the answer.
            head.version = .http1_0
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            answersDue -= 1
            context.write(data, promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is AskForBody else { return context.triggerUserOutboundEvent(event, promise: promise) }
        // A client that has sent its whole body needs no "100 Continue".
        if place == .withinRequest {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            isAwaited = false
            arrival.resume(at: .now())
            watchArrival(context)
        }
        promise?.succeed(())
    }
}

/// The facts in a request's head about its end and its host.
struct RequestFraming {
    private(set) var fault: MessageFault?
    private(set) var asksForUpgrade = false

    init(_ head: HTTPRequestHead) {
        var hosts: [String] = []
        var codings: [String] = []
        var expectations: [String] = []
        for (name, value) in head.headers {
            // No two of these names have the same length.
            switch name.utf8.count {
            case 4 where name.lowercased() == "host": hosts.append(value)
            case 6 where name.lowercased() == "expect": expectations.append(value)
            case 7 where name.lowercased() == "upgrade": asksForUpgrade = true
            case 17 where name.lowercased() == "transfer-encoding": codings.append(value)
            default: continue
            }
        }
        let isOld = head.version.minor == 0
        if head.method == .CONNECT {
            fault = .methodUnknown
        } else if isOld, !codings.isEmpty {
            // By RFC 9112 §6.1 the end of such a request is unknown.
            fault = .malformed
        } else if !codings.isEmpty, Self.words(codings) != ["chunked"] {
            fault = .codingUnknown
        } else if hosts.isEmpty, !isOld {
            fault = .hostMissing
        } else if hosts.count > 1 || hosts.first.map(Self.isHost) == false {
            fault = .hostInvalid
        } else if !isOld, !Self.words(expectations).allSatisfy({ $0 == "100-continue" }) {
            fault = .expectationUnknown
        }
    }

    private static func words(_ fields: [String]) -> [String] {
        fields.flatMap { $0.split(separator: ",") }.map { word in
            String(word.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }).lowercased()
        }
    }

    /// Whether a text is a host with or without a port (RFC 9110 §7.2, RFC 3986 §3.2.2).
    static func isHost(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let host: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), bytes[1..<end].contains(UInt8(ascii: ":")),
                bytes[1..<end].allSatisfy(isOfAddress)
            else { return false }
            host = bytes[...end]
        } else {
            host = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard !host.isEmpty, host.allSatisfy(isOfName) else { return false }
        }
        let port = bytes[host.endIndex...]
        guard port.first == UInt8(ascii: ":") else { return port.isEmpty }
        return port.count <= 6 && port.dropFirst().allSatisfy(\.isDecimalDigit)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "-._~%!$&'()*+;=".utf8.contains(byte)
    }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        Hexadecimal.value(of: byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
