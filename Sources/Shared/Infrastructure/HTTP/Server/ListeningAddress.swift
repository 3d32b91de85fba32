import Foundation
import NIOCore
import ServiceLifecycle

/// The address at which a server listens, and the settings that name it.
struct ListeningAddress: Hashable, Sendable {
    let host: String
    let port: Int
    let hostKey: String
    let portKey: String

    /// The wrong setting when a server can't listen there; `nil` for an error with another cause.
    func fault(for error: any Error) -> SettingFault? {
        switch error {
        case let error as IOError:
            // Either the port is taken or forbidden, or this machine doesn't have the host's address.
            let key = [EADDRINUSE, EACCES].contains(error.errnoCode) ? portKey : hostKey
            return SettingFault(key, "names a place where this process can't listen, \(host) port \(port): \(error)")
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            return SettingFault(hostKey, "names a place where this process can't listen, \(host) port \(port): there is no such host")
        default:
            return nil
        }
    }
}

/// Runs a server. When it can't listen, the error names the setting.
struct ListeningService: Service {
    let server: any Service
    let address: ListeningAddress
    /// Whether the server has listened. Later failures are not the fault of a setting. (The kernel reports network errors where it accepts,
    /// too.)
    let hasListened: @Sendable () -> Bool

    func run() async throws {
        do {
            try await server.run()
        } catch {
            guard !hasListened(), let fault = address.fault(for: error) else { throw error }
            throw fault
        }
    }
}
