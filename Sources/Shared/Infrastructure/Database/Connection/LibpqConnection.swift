import CLibpq
import Glibc

// This file and LibpqResult.swift hold everything that touches libpq's pointers, and nothing else. In these two and in Argon2id.swift alone the
// compiler can't check memory and concurrency by itself.

/// Cancels what a connection is doing. It may be used from any thread; libpq made it for that.
@safe
final class LibpqCancellation: @unchecked Sendable {
    private let raw: OpaquePointer

    fileprivate init?(of connection: OpaquePointer) {
        guard let raw = unsafe PQgetCancel(connection) else { return nil }
        unsafe self.raw = raw
    }

    deinit { unsafe PQfreeCancel(raw) }

    /// Asks the server, over a separate connection, to end the running statement. It blocks until the server has accepted the request; when
    /// the server hangs, it blocks for ever, because libpq 15 has no limit here.
    func send() {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            // A failure leaves the statement running; the caller asks again.
            _ = unsafe PQcancel(raw, message.baseAddress, 256)
        }
    }
}

/// The next answer of the server.
enum LibpqReply {
    case result(LibpqResult)
    case failure(PostgresError)
    /// The statement was not run, because one before it in the pipeline failed.
    case skipped
    /// The end of the pipeline.
    case synchronised
    /// The end of the results of a script.
    case end
    /// The connection is gone.
    case lost(PostgresError)
}

/// One connection of libpq in non-blocking mode. It waits by `poll`, with a limit, so all its methods block the calling thread.
@safe
final class LibpqConnection {
    private let raw: OpaquePointer
    let cancellation: LibpqCancellation
    /// How long the server may be silent while it owes an answer, in milliseconds.
    var silenceLimit: Int32
    /// Whether the statement under way was cancelled: from then on the server has ``hurriedSilenceLimit`` to answer.
    var isHurried: @Sendable () -> Bool = { false }
    /// How long the server may be silent after a cancellation, in milliseconds.
    let hurriedSilenceLimit: Int32
    /// How often a wait checks whether the statement was cancelled meanwhile, in milliseconds.
    private static let slice: Int32 = 250

    /// Connects.
    ///
    /// - Parameter keywords: libpq's connection parameters; `connect_timeout` must be among them.
    /// - Throws: ``PostgresError/Code/connectionFailed``.
    init(keywords: [(name: String, value: String)], silenceLimit: Int32, hurriedSilenceLimit: Int32) throws(PostgresError) {
        var names = unsafe keywords.map { unsafe strdup($0.name).map { unsafe UnsafePointer($0) } }
        var values = unsafe keywords.map { unsafe strdup($0.value).map { unsafe UnsafePointer($0) } }
        defer {
            unsafe names.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) }
            unsafe values.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) }
        }
        // The lists end with a null pointer, which free() ignores.
        unsafe names.append(nil)
        unsafe values.append(nil)
        let connected = unsafe PQconnectdbParams(names, values, 0)
        guard let raw = unsafe connected else { throw PostgresError(.connectionFailed, "out of memory") }
        guard unsafe PQstatus(raw) == CONNECTION_OK, let cancellation = unsafe LibpqCancellation(of: raw) else {
            let message = unsafe Self.message(of: raw)
            unsafe PQfinish(raw)
            throw PostgresError(.connectionFailed, message)
        }
        unsafe self.raw = raw
        self.cancellation = cancellation
        self.silenceLimit = silenceLimit
        self.hurriedSilenceLimit = hurriedSilenceLimit
        // Without a receiver, libpq would print notices to standard error. Nobody needs them.
        unsafe _ = PQsetNoticeReceiver(raw, { _, _ in }, nil)
        unsafe _ = PQsetnonblocking(raw, 1)
        unsafe _ = PQenterPipelineMode(raw)
    }

    deinit { unsafe PQfinish(raw) }

    /// Splits a connection string into libpq's parameters.
    ///
    /// - Throws: ``PostgresError/Code/connectionFailed`` for a string that libpq doesn't understand.
    static func parse(connectionString: String) throws(PostgresError) -> [(name: String, value: String)] {
        var reason: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(connectionString, &reason) else {
            // libpq's reason is dropped, because it quotes a part of the string, which may be the password.
            unsafe PQfreemem(reason)
            throw PostgresError(.connectionFailed, "libpq doesn't understand the connection string")
        }
        defer { unsafe PQconninfoFree(options) }
        var keywords: [(name: String, value: String)] = []
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe keywords.append((String(cString: keyword), String(cString: value)))
            }
            unsafe option += 1
        }
        return keywords
    }

    // MARK: State

    var isBroken: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }

    var transactionStatus: PostgresTransactionStatus {
        switch unsafe PQtransactionStatus(raw) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_INTRANS: .inTransaction
        case PQTRANS_INERROR: .inFailedTransaction
        default: .unknown
        }
    }

    var serverProcessID: Int32 { unsafe PQbackendPID(raw) }

    /// Whether the connection is still open, as far as it can be told without asking the server. A server that went away has sent
    /// something.
    func isAlive() -> Bool {
        // A message and the end of the stream may come one after the other, so it looks more than once.
        for _ in 0..<8 {
            guard let ready = wait(for: Int16(POLLIN), milliseconds: 0) else { return false }
            guard ready != 0 else { return !isBroken }
            guard unsafe PQconsumeInput(raw) == 1, !isBroken else { return false }
        }
        return !isBroken
    }

    // MARK: Sending

    /// Queues the preparation of a statement under a name.
    func sendPrepare(name: String, sql: String) -> Bool {
        unsafe PQsendPrepare(raw, name, sql, 0, nil) == 1
    }

    /// Queues the execution of a query: of the statement that is prepared under `name`, or with its SQL when `name` is nil.
    func send(_ query: Query, preparedAs name: String?) -> Bool {
        let parameters = query.parameters
        return unsafe query.values.bytes.withUnsafeBufferPointer { bytes in
            unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: parameters.count) { pointers in
                let base = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
                for (index, parameter) in parameters.enumerated() {
                    unsafe pointers.initializeElement(at: index, to: parameter.valueOffset.flatMap { unsafe base?.advanced(by: $0) })
                }
                let count = Int32(parameters.count)
                if let name {
                    return unsafe PQsendQueryPrepared(raw, name, count, pointers.baseAddress, nil, nil, 1) == 1
                }
                return unsafe PQsendQueryParams(raw, query.sql, count, nil, pointers.baseAddress, nil, nil, 1) == 1
            }
        }
    }

    /// Ends the pipeline; the server runs it and answers.
    func sendSynchronisation() -> Bool { unsafe PQpipelineSync(raw) == 1 }

    /// Sends SQL of any number of statements without values, outside of pipeline mode.
    func sendScript(_ sql: String) -> Bool {
        unsafe PQexitPipelineMode(raw) == 1 && PQsendQuery(raw, sql) == 1
    }

    /// Goes back to pipeline mode when a script's results have been read.
    func finishScript() -> Bool { unsafe PQenterPipelineMode(raw) == 1 }

    // MARK: COPY

    /// Begins a COPY … FROM STDIN, outside of pipeline mode.
    ///
    /// - Returns: `nil` when the server waits for rows, else what it says instead.
    func startCopy(_ sql: String) -> LibpqReply? {
        guard sendScript(sql) else { return .lost(lostError()) }
        if let error = receive() { return .lost(error) }
        guard let result = unsafe PQgetResult(raw) else { return .lost(lostError()) }
        guard unsafe PQresultStatus(result) == PGRES_COPY_IN else { return unsafe reply(owning: result) }
        unsafe PQclear(result)
        return nil
    }

    /// Sends rows, a part at a time, and waits while the server takes no more. What the server says against them comes as the COPY's result.
    ///
    /// - Parameter isUnwanted: asked before each part; ends the sending.
    /// - Returns: whether all of them were sent; `nil` when the connection is lost.
    func sendCopyRows(_ rows: [UInt8], unless isUnwanted: () -> Bool) -> Bool? {
        unsafe rows.withUnsafeBufferPointer { buffer in
            var offset = 0
            while offset < buffer.count {
                if isUnwanted() { return false }
                let count = min(Self.copyPart, buffer.count - offset)
                let part = unsafe UnsafeRawPointer(buffer.baseAddress)?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                // 0: no room for it now.
                let queued = unsafe PQputCopyData(raw, part, Int32(count))
                guard queued >= 0, isFlushed() else { return nil }
                if queued == 1 { offset += count }
            }
            return true
        }
    }

    /// Ends a COPY; the results of the statement follow, as those of a script.
    ///
    /// - Parameter reason: why the rows before are not to be taken; `nil` takes them.
    func endCopy(refusing reason: String?) -> Bool {
        while true {
            let queued = unsafe PQputCopyEnd(raw, reason)
            if queued == 1 { return true }
            guard queued == 0, isFlushed() else { return false }
        }
    }

    /// How much of a COPY goes to libpq at once, in bytes: its buffer grows no further.
    private static let copyPart = 1 << 16

    /// Waits until the server has taken what is queued, within the limit of its silence.
    private func isFlushed() -> Bool {
        while true {
            let unsent = unsafe PQflush(raw)
            guard unsent == 1 else { return unsent == 0 }
            // The server may have to say something before it takes more.
            guard let ready = waitForServer(Int16(POLLIN | POLLOUT)), ready != 0 else { return false }
            if ready & ~Int16(POLLOUT) != 0, unsafe PQconsumeInput(raw) == 0 { return false }
        }
    }

    // MARK: Receiving

    /// The result of the next statement of a pipeline with its end, or the end of the pipeline.
    func nextReply() -> LibpqReply {
        let reply = nextPart()
        switch reply {
        case .synchronised, .lost: return reply
        case .result, .failure, .skipped, .end: break
        }
        // libpq marks the end after each statement's result.
        while true {
            switch nextPart() {
            case .end: return reply
            case .lost(let error):
                // The earlier failure says more than the silence after it.
                if case .failure(let failure) = reply { return .lost(failure) }
                return .lost(error)
            case .result, .failure, .skipped, .synchronised: continue
            }
        }
    }

    /// The next result as libpq gives it.
    func nextPart() -> LibpqReply {
        if let error = receive() { return .lost(error) }
        guard let result = unsafe PQgetResult(raw) else {
            return isBroken ? .lost(lostError()) : .end
        }
        return unsafe reply(owning: result)
    }

    private func reply(owning result: OpaquePointer) -> LibpqReply {
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return unsafe .result(LibpqResult(owning: result))
        case PGRES_PIPELINE_SYNC:
            unsafe PQclear(result)
            return .synchronised
        case PGRES_PIPELINE_ABORTED:
            unsafe PQclear(result)
            return .skipped
        case PGRES_FATAL_ERROR:
            defer { unsafe PQclear(result) }
            let error = unsafe PostgresError(result)
            // A fatal message ends the connection, even when its end hasn't been seen yet. It isn't the answer to one statement: a pooler
            // sends it too, whatever the outcome of a COMMIT was. An error without SQLSTATE was made by libpq itself, because the
            // connection is gone.
            let isOver = error.code == .connectionLost || error.sqlState == nil || isBroken
            return isOver ? .lost(error.recoded(.connectionLost)) : .failure(error)
        default:
            // COPY as a plain statement, which would leave the protocol in another mode.
            unsafe PQclear(result)
            return .lost(PostgresError(.protocolViolation, "the statement is a COPY, for which there is PostgresConnection.copy"))
        }
    }

    /// Sends what is queued and reads until a result is complete.
    private func receive() -> PostgresError? {
        while unsafe PQisBusy(raw) != 0 {
            let unsent = unsafe PQflush(raw)
            guard unsent >= 0 else { return lostError() }
            let events = unsent == 1 ? Int16(POLLIN | POLLOUT) : Int16(POLLIN)
            guard let ready = waitForServer(events) else { return lostError() }
            guard ready != 0 else {
                return PostgresError(
                    .connectionLost, "the server did not answer within \(isHurried() ? hurriedSilenceLimit : silenceLimit) ms")
            }
            if ready & ~Int16(POLLOUT) != 0, unsafe PQconsumeInput(raw) == 0 { return lostError() }
        }
        return nil
    }

    /// Waits until the server sends something or accepts more data, within the limit of its silence.
    ///
    /// - Returns: as ``wait(for:milliseconds:)``.
    private func waitForServer(_ events: Int16) -> Int16? {
        var silence: Int32 = 0
        var limit = silenceLimit
        var isHurried = false
        while true {
            let slice = min(Self.slice, limit - silence)
            guard let ready = wait(for: events, milliseconds: slice) else { return nil }
            if ready != 0 { return ready }
            silence += slice
            if !isHurried, self.isHurried() {
                isHurried = true
                if limit - silence > hurriedSilenceLimit { limit = silence + hurriedSilenceLimit }
            }
            if silence >= limit { return 0 }
        }
    }

    /// Waits until the socket is ready.
    ///
    /// - Returns: what it is ready for, 0 when time ran out, `nil` when the socket is unusable.
    private func wait(for events: Int16, milliseconds: Int32) -> Int16? {
        let descriptor = unsafe PQsocket(raw)
        guard descriptor >= 0 else { return nil }
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        while true {
            let count = unsafe poll(&entry, 1, milliseconds)
            if count >= 0 { return entry.revents }
            guard errno == EINTR else { return nil }
        }
    }

    // MARK: Notifications

    /// Waits for notifications.
    ///
    /// - Parameter milliseconds: the longest wait.
    /// - Returns: the notifications that have come, perhaps none.
    /// - Throws: ``PostgresError/Code/connectionLost``.
    func notifications(within milliseconds: Int32) throws(PostgresError) -> [PostgresNotification] {
        var notifications: [PostgresNotification] = []
        takeNotifications(into: &notifications)
        guard notifications.isEmpty else { return notifications }
        guard let ready = wait(for: Int16(POLLIN), milliseconds: milliseconds) else { throw lostError() }
        guard ready != 0 else { return [] }
        guard unsafe PQconsumeInput(raw) == 1 else { throw lostError() }
        takeNotifications(into: &notifications)
        return notifications
    }

    private func takeNotifications(into notifications: inout [PostgresNotification]) {
        while let notice = unsafe PQnotifies(raw) {
            defer { unsafe PQfreemem(notice) }
            guard let channel = unsafe notice.pointee.relname else { continue }
            let payload = unsafe notice.pointee.extra.map { unsafe String(cString: $0) } ?? ""
            unsafe notifications.append(PostgresNotification(channel: String(cString: channel), payload: payload))
        }
    }

    // MARK: Errors

    /// The connection is lost, for the reason that libpq gives, or for this one where it gives none.
    func lost(_ reason: String) -> LibpqReply {
        let error = lostError()
        return .lost(error.message == Self.noReason ? PostgresError(.connectionLost, reason) : error)
    }

    private static let noReason = "the connection is broken"

    private func lostError() -> PostgresError {
        let message = unsafe Self.message(of: raw)
        return PostgresError(.connectionLost, message.isEmpty ? Self.noReason : message)
    }

    private static func message(of raw: OpaquePointer) -> String {
        let message = unsafe PQerrorMessage(raw).map { unsafe String(cString: $0) } ?? ""
        return message.withoutLineEnds
    }
}
