import Foundation
import NIOCore
import ServiceLifecycle

/// Where a server listens, and which settings say so.
struct ListeningAddress: Hashable, Sendable {
    let host: String
    let port: Int
    let hostKey: String
    let portKey: String

    /// What is wrong with the settings when nobody can listen there; `nil` for an error that says something else.
    func fault(for error: any Error) -> SettingFault? {
        switch error {
        case let error as IOError:
            // The port is taken, or not ours to take; else it is the host that this machine doesn't have.
            let key = [EADDRINUSE, EACCES].contains(error.errnoCode) ? portKey : hostKey
            return SettingFault(key, "names a place where this process can't listen, \(host) port \(port): \(error)")
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            return SettingFault(hostKey, "names a place where this process can't listen, \(host) port \(port): there is no such host")
        default:
            return nil
        }
    }
}

/// Runs a server, and says where it would have listened when it can't.
struct ListeningService: Service {
    let server: any Service
    let address: ListeningAddress
    /// Whether it has listened: what fails from then on is no setting's fault. (The kernel tells of network errors where it accepts, too.)
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
