import Foundation

/// Shows how far a command is: a bar on a terminal, elsewhere a line for each tenth.
struct CommandProgress {
    private let subject: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let isSilentElsewhere: Bool
    private var tenths = 0

    /// - Parameter isSilentElsewhere: whether nothing is shown where there is no terminal.
    init(of subject: String, isSilentElsewhere: Bool = false) {
        self.subject = subject
        self.isSilentElsewhere = isSilentElsewhere
    }

    /// Shows that so many rows are done.
    mutating func show(_ done: Int, of total: Int) {
        guard total > 0 else { return }
        if isTerminal {
            let width = 40
            let filled = width * done / total
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            write("\r\(subject) \(bar) \(done)/\(total)\(done == total ? "\n" : "")")
        } else if !isSilentElsewhere, 10 * done / total > tenths {
            tenths = 10 * done / total
            write("\(subject): \(done) of \(total)\n")
        }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
