import Foundation
import Shared

/// Reads a file to import, and reports the result for its rows.
enum ImportReport {
    /// The highest number of bytes of a file, ten times the size of the largest file that we know.
    private static let maximumBytes = 64 * 1024 * 1024

    /// - Throws: ``CommandFailure`` when the file can't be read.
    static func read(_ path: String) async throws -> [UInt8] {
        try await Thread.work {
            do {
                let file = try FileHandle(forReadingFrom: URL(filePath: path))
                defer { try? file.close() }
                let bytes = try file.read(upToCount: maximumBytes + 1) ?? Data()
                guard bytes.count <= maximumBytes else {
                    throw CommandFailure("\(path) is larger than \(maximumBytes / 1024 / 1024) MiB")
                }
                return Array(bytes)
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw CommandFailure("\(path) can't be read: \(reason(error))")
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "permission denied"
        default: "it is not a readable file"
        }
    }

    /// Prints each mended and each refused row, and then the summary.
    ///
    /// - Throws: ``CommandFailure`` when no row was imported, so that a script doesn't take this for a success.
    static func conclude(_ summary: ImportSummary, of subject: String, from path: String) throws {
        for line in summary.mended {
            FileHandle.standardError.write(Data("\(line)\n".utf8))
        }
        for refusal in summary.refusals {
            FileHandle.standardError.write(Data("line \(refusal.line) refused: \(refusal.reason)\n".utf8))
        }
        print("\(subject): \(summary)")
        guard summary.added + summary.changed + summary.unchanged > 0 else {
            throw CommandFailure("\(path) has no row that can be taken")
        }
    }
}
