import Foundation

/// Shows how far an import is: a bar on a terminal, elsewhere a line for each tenth.
struct ImportProgress {
    private let subject: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var tenths = 0

    init(of subject: String) {
        self.subject = subject
    }

    /// Shows that so many rows are done.
    mutating func show(_ done: Int, of total: Int) {
        guard total > 0 else { return }
        if isTerminal {
            let width = 40
            let filled = width * done / total
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            write("\r\(subject) \(bar) \(done)/\(total)\(done == total ? "\n" : "")")
        } else if 10 * done / total > tenths {
            tenths = 10 * done / total
            write("\(subject): \(done) of \(total)\n")
        }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
