import Foundation

/// How many descriptors this process may have.
///
/// The process must never reach the limit. There not only connections fail: the system's own libraries end the process (libdispatch reads
/// the state of its threads from files, and traps when it can't open them).
enum DescriptorLimit {
    /// Descriptors for other things than connections of clients: database, gateway, logs, event loops, libraries.
    private static let others = 256

    /// Raises the process's limit to the hard limit, which needs no privilege. The default is often only 1,024.
    ///
    /// - Returns: the new limit.
    static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return Int(clamping: sysconf(Int32(_SC_OPEN_MAX))) }
        if limit.rlim_cur < limit.rlim_max {
            let before = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            if unsafe setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(clamping: limit.rlim_cur)
    }

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// For how many connections of clients this number of descriptors is enough.
    static func connections(_ descriptors: Int) -> Int {
        // When there are few descriptors, half of them are for connections.
        let accepted = max(descriptors - others, descriptors / 2)
        // A sixteenth more, and at least 16, are accepted so that their clients can be told that there are too many.
        return max(1, min(accepted / 17 * 16, accepted - 16))
    }
}

extension HTTPConfiguration {
    /// Lowers the limit of connections to the number of descriptors.
    ///
    /// - Returns: whether the limit was higher before.
    mutating func limit(toDescriptors descriptors: Int) -> Bool {
        let most = DescriptorLimit.connections(descriptors)
        guard maximumConnections > most else { return false }
        maximumConnections = most
        maximumStreams = min(maximumStreams, most / 4 * 3)
        maximumConnectionsPerAddress = min(maximumConnectionsPerAddress, max(1, most / 4))
        return true
    }
}
