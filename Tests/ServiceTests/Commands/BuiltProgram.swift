import Foundation

/// Where the programs are that were built with the tests.
enum BuiltProgram {
    /// It lies beside the bundle of the tests, which whoever runs them names.
    static func url(_ name: String) throws -> URL {
        let bundles = ProcessInfo.processInfo.arguments.map { URL(filePath: $0) }.filter { $0.pathExtension == "xctest" }
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
        let folders = bundles.map { $0.deletingLastPathComponent() } + [root.appending(path: ".build/debug")]
        let programs = folders.map { $0.appending(path: name) }
        guard let program = programs.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else { throw NotBuilt() }
        return program
    }

    struct NotBuilt: Error {}
}
