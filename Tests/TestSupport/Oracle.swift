package import Foundation
import Testing

/// Programs of other people with which ours are compared: the openssl command, and Python packages in the environments that
/// Tests/Oracles/setup makes.
package enum Oracle {
    /// Runs openssl.
    ///
    /// - Parameters:
    ///   - arguments: an argument that is the name of a file in `files` is replaced by the file's path.
    ///   - files: the contents of files that openssl reads or writes, by their names.
    /// - Returns: its standard output, its status, and the files as they are afterwards.
    /// - Throws: ``OracleMissing`` when there is no openssl.
    package static func openssl(_ arguments: [String], files: [String: Data] = [:]) async throws -> OracleAnswer {
        try await run(URL(filePath: "/usr/bin/openssl"), arguments, input: Data(), files: files)
    }

    /// The environments that Tests/Oracles/setup makes, side by side.
    package enum Environment: String, Sendable {
        case venv
        /// Alipay's own package, which would hide the other one.
        case official
        /// An OpenID provider, and libraries of QR codes and of pinyin.
        case identity
        /// A validator of OpenAPI documents, a generator of clients, and a program that tries an API out by its document.
        case openapi
    }

    /// Runs a script of Tests/Oracles with a JSON object as its input, and reads its answer as one.
    ///
    /// Skips the test where `PIAO_ORACLE_PYTHON` doesn't name the environment's interpreter.
    ///
    /// - Throws: ``OracleFailed`` when the script fails.
    package static func python<Answer: Decodable>(
        _ script: String, _ order: some Encodable, as type: Answer.Type = Answer.self, in environment: Environment = .venv
    ) async throws -> Answer {
        let answer = try await run(
            try interpreter(of: environment), [file(of: script).path], input: try JSONEncoder().encode(order), files: [:]
        )
        guard answer.status == 0 else { throw OracleFailed(script: script, output: answer.text) }
        return try JSONDecoder().decode(type, from: answer.output)
    }

    /// Runs a script of Tests/Oracles as a server, which writes its port as its first line and ends when its input does.
    ///
    /// - Throws: ``OracleFailed`` when it ends before it writes its port.
    package static func serving<Result: Sendable>(
        _ script: String, in environment: Environment, _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let outputFile = FileManager.default.temporaryDirectory.appending(path: "piao-oracle-\(UUID().uuidString)")
        try Data().write(to: outputFile)
        defer { try? FileManager.default.removeItem(at: outputFile) }
        let input = Pipe()
        let process = Process()
        process.executableURL = try interpreter(of: environment)
        process.arguments = [file(of: script).path]
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        let port = try await eventually {
            let text = try String(contentsOf: outputFile, encoding: .utf8)
            guard process.isRunning else { throw OracleFailed(script: script, output: "no port") }
            return text.hasSuffix("\n") ? text.split(separator: "\n").first.flatMap { Int($0) } : nil
        }
        return try await body(port)
    }

    private static func interpreter(of environment: Environment) throws -> URL {
        guard let first = ProcessInfo.processInfo.environment["PIAO_ORACLE_PYTHON"], !first.isEmpty else {
            try Test.cancel("It needs other people's programs; make test sets them up and PIAO_ORACLE_PYTHON.")
        }
        // …/venv/bin/python
        let folder = URL(filePath: first).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return environment == .venv ? URL(filePath: first) : folder.appending(path: "\(environment.rawValue)/bin/python")
    }

    private static func file(of script: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/\(script)").standardizedFileURL
    }

    private static func run(_ program: URL, _ arguments: [String], input: Data, files: [String: Data]) async throws -> OracleAnswer {
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw OracleMissing(description: "\(program.path) is not there or cannot be run.")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "piao-oracle-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in files { try content.write(to: folder.appending(path: name)) }
        // Files are used instead of pipes, so that neither side has to read while the other writes.
        let inputFile = folder.appending(path: "standard-input")
        let outputFile = folder.appending(path: "standard-output")
        try input.write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = program
        process.arguments = arguments.map { files[$0] == nil ? $0 : folder.appending(path: $0).path }
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = process.standardOutput
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        var written: [String: Data] = [:]
        for name in files.keys { written[name] = try Data(contentsOf: folder.appending(path: name)) }
        return OracleAnswer(status: status, output: try Data(contentsOf: outputFile), files: written)
    }
}

/// The answer of another program.
package struct OracleAnswer: Sendable {
    package let status: Int32
    /// Standard output and standard error.
    package let output: Data
    /// The files that it got, as it left them.
    package let files: [String: Data]

    package var text: String { String(decoding: output, as: UTF8.self) }
}

/// A program that the tests need is missing. They never pass without it.
package struct OracleMissing: Error, CustomStringConvertible {
    package let description: String
}

/// A script ended with an error.
package struct OracleFailed: Error, CustomStringConvertible {
    package let script: String
    package let output: String

    package var description: String { "\(script) failed: \(output)" }
}
