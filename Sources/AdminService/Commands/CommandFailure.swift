/// Why a command gives up, as the one line that its user gets to read. The command then ends with status 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
