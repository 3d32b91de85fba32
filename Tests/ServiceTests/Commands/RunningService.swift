import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Text

/// A built service, running as a process of its own.
struct RunningService: Sendable {
    let port: Int
    /// What it writes to standard output and standard error.
    let log: URL
    private let process: Process
    private let end: Task<Void, Never>

    /// What it wrote so far.
    var written: String { get throws { try String(contentsOf: log, encoding: .utf8) } }

    /// Gives a closure services that are ready to serve; they are gone afterwards.
    ///
    /// - Parameters:
    ///   - program: as `ClientService`.
    ///   - environment: all that each is told, besides its port.
    ///   - portSetting: the setting that names its port.
    ///   - path: answered 200 once the closure may begin.
    ///   - descriptors: how many each may have, if not as many as the test.
    ///   - unread: where each writes its log, in place of a file: nobody reads there.
    static func with<Result>(
        _ count: Int, of program: String, _ environment: [String: String], portSetting: String = "HTTP_PORT",
        answering path: String = "/readyz", descriptors: Int? = nil, unread: Pipe? = nil, _ body: ([RunningService]) async throws -> Result
    ) async throws -> Result {
        try await AdminCommand.withFolder { folder in
            var services: [RunningService] = []
            do {
                for number in 0..<count {
                    services.append(
                        try await start(
                            program, environment, portSetting: portSetting, answering: path, folder: folder,
                            log: folder.appending(path: "\(number).log"), descriptors: descriptors, unread: unread))
                }
                let result = try await body(services)
                for service in services { await service.kill() }
                return result
            } catch {
                for service in services { await service.kill() }
                throw error
            }
        }
    }

    /// Ends it this moment, as a machine's failure would, and waits until it is gone.
    func kill() async {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        await end.value
    }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        if process.isRunning { Glibc.kill(process.processIdentifier, number) }
    }

    /// Asks it to end, and waits until it has.
    ///
    /// - Returns: its status.
    func terminate() async -> Int32 {
        signal(SIGTERM)
        await end.value
        return process.terminationStatus
    }

    /// Waits until it has written something.
    func writes(_ text: String) async throws {
        try await until { try written.contains(text) || !process.isRunning }
    }

    /// Asks it something, or posts it a form.
    func ask(
        _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], json: String? = nil, form: String? = nil
    ) async throws -> Asked {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers = headers
        if let body = json ?? form {
            request.headers.add(name: "Content-Type", value: json == nil ? "application/x-www-form-urlencoded" : "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.patient.execute(request, timeout: .patient)
        let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
        return Asked(status: Int(response.status.code), headers: [:], body: body)
    }

    private static func start(
        _ program: String, _ environment: [String: String], portSetting: String, answering path: String, folder: URL, log: URL,
        descriptors: Int?, unread: Pipe?
    ) async throws -> RunningService {
        let port = try await freePort()
        try Data().write(to: log)
        let process = Process()
        process.executableURL = try BuiltProgram.url(program)
        if let descriptors, let program = process.executableURL {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(descriptors) && exec \"$0\"", program.path]
        }
        process.environment = environment.merging([portSetting: String(port)]) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let output = try FileHandle(forWritingTo: log)
        process.standardOutput = output
        if let unread { process.standardError = unread } else { process.standardError = output }
        let (ends, continuation) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        let service = RunningService(port: port, log: log, process: process, end: Task { for await _ in ends {} })
        do {
            return try await eventually {
                guard process.isRunning else { throw NotReady(log: try String(contentsOf: log, encoding: .utf8)) }
                let ready = try? await service.ask(.GET, path)
                return ready?.status == 200 ? service : nil
            }
        } catch {
            await service.kill()
            throw error
        }
    }

    /// A port that nobody listens at.
    private static func freePort() async throws -> Int {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close()
        return port
    }

    struct NotReady: Error {
        let log: String
    }
}
