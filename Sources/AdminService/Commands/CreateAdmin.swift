import API
import ArgumentParser
import Callers
import HTTP
import Shared

/// `AdminService create-admin --username U`
struct CreateAdmin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-admin",
        abstract: "Creates an administrator.",
        discussion: "The password is the first line of standard input; on a terminal it is asked for."
    )

    @Option(help: "The administrator's username.")
    var username: String

    func run() async throws {
        let password = try await PasswordInput.read()
        try await CommandDatabase.withAccounts { accounts in
            do {
                let account = try await accounts.signUp.createAdministrator(username: username, password: password)
                print("administrator \(account.username) created (account \(account.id))")
            } catch let refusal as Refusal where refusal == .usernameTaken {
                throw CommandFailure("the username \(username) is taken")
            } catch let refusal as Refusal {
                throw CommandFailure(Texts.catalogue.detail(of: Problem(refusal), in: .english))
            }
        }
    }
}
