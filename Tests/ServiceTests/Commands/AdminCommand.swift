import Foundation

/// The built AdminService, run as a process of its own with nothing but the settings that it is given.
struct AdminCommand: Sendable {
    /// What a run left behind.
    struct Run: Sendable {
        let status: Int32
        let output: String
        /// What it said on standard error.
        let complaints: String

        var outputLines: [Substring] { output.split(separator: "\n") }
        var complaintLines: [Substring] { complaints.split(separator: "\n") }
    }

    var settings: [String: String]
    /// The program, which may be another service's.
    private let program: String

    init(databaseURL: String, _ settings: [String: String] = [:]) {
        self.settings = settings.merging(["DATABASE_URL": databaseURL]) { $1 }
        program = "AdminService"
    }

    /// A program without settings.
    init(program: String) {
        settings = [:]
        self.program = program
    }

    /// Runs it to its end; should it hang, that end is made.
    func run(_ arguments: String..., input: String = "") async throws -> Run {
        try await run(arguments, input: input)
    }

    /// The same.
    ///
    /// - Parameter whileRunning: done with the process's number once it runs.
    func run(
        _ arguments: [String], input: String = "", whileRunning: @escaping @Sendable (Int32) async throws -> Void = { _ in }
    ) async throws -> Run {
        try await Self.withFolder { folder in
            // Files instead of pipes: nobody has to read while the other writes.
            let files = ["in", "out", "err"].map { folder.appending(path: $0) }
            for file in files { try Data(file == files[0] ? input.utf8 : "".utf8).write(to: file) }
            let process = Process()
            process.executableURL = try BuiltProgram.url(program)
            process.arguments = arguments
            process.environment = settings
            process.currentDirectoryURL = folder
            process.standardInput = try FileHandle(forReadingFrom: files[0])
            process.standardOutput = try FileHandle(forWritingTo: files[1])
            process.standardError = try FileHandle(forWritingTo: files[2])
            let limit = DispatchWorkItem {
                let id = process.processIdentifier
                if process.isRunning, id > 0 { kill(id, SIGKILL) }
            }
            var meanwhile: Task<Void, any Error>?
            let status: Int32 = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do {
                    try process.run()
                    meanwhile = Task { [id = process.processIdentifier] in try await whileRunning(id) }
                    DispatchQueue.global().asyncAfter(deadline: .now() + 600, execute: limit)
                } catch {
                    process.terminationHandler = nil
                    continuation.resume(throwing: error)
                }
            }
            limit.cancel()
            try await meanwhile?.value
            return Run(
                status: status, output: try String(contentsOf: files[1], encoding: .utf8),
                complaints: try String(contentsOf: files[2], encoding: .utf8))
        }
    }

    /// Gives a closure a folder, which is removed afterwards.
    static func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "piao-admin-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }
}
