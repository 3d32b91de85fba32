import Foundation

/// Asks for a password. On a terminal the typed text is hidden; otherwise the first line of standard input is read.
enum PasswordInput {
    /// Reads the password.
    ///
    /// - Throws: ``CommandFailure`` when there is none, or when the two typed passwords differ.
    static func read() async throws -> String {
        try await Thread.work {
            guard isatty(STDIN_FILENO) == 1 else {
                guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                    throw CommandFailure("standard input has no password in its first line")
                }
                return line
            }
            let password = try ask("Password: ")
            guard try ask("The same again: ") == password else { throw CommandFailure("the two passwords differ") }
            return password
        }
    }

    private static func ask(_ question: String) throws -> String {
        var before = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { throw CommandFailure("the terminal can't be set up") }
        var silent = before
        // This turns the echo off. Ctrl-C becomes a character, so that it can't end the program while the echo is off.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw CommandFailure("the terminal can't be set up") }
        defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        FileHandle.standardError.write(Data(question.utf8))
        let line = readLine(strippingNewline: true)
        FileHandle.standardError.write(Data("\n".utf8))
        guard let line, !line.isEmpty, !line.contains("\u{3}") else { throw CommandFailure("no password was given") }
        return line
    }
}
