import Foundation

/// How many descriptors this process may have.
///
/// It must never reach the limit: not only connections fail there, the system's own libraries end the process (libdispatch looks at its
/// threads through files, and traps where it can't open them).
enum DescriptorLimit {
    /// Those that aren't connections of clients: of the database, the gateway, logs, event loops, libraries.
    private static let others = 256

    /// Lets the process have as many as it may without anybody's leave; unless told, that is often only 1,024.
    ///
    /// - Returns: how many it may have now.
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

    /// How many connections of clients so many descriptors suffice for.
    static func connections(_ descriptors: Int) -> Int {
        // Where there are few, half of them.
        let accepted = max(descriptors - others, descriptors / 2)
        // A sixteenth more, and 16 at least, are accepted to be told that there are too many.
        return max(1, min(accepted / 17 * 16, accepted - 16))
    }
}

extension HTTPConfiguration {
    /// Takes no more connections than there are descriptors for.
    ///
    /// - Returns: whether it had more.
    mutating func limit(toDescriptors descriptors: Int) -> Bool {
        let most = DescriptorLimit.connections(descriptors)
        guard maximumConnections > most else { return false }
        maximumConnections = most
        maximumStreams = min(maximumStreams, most / 4 * 3)
        maximumConnectionsPerAddress = min(maximumConnectionsPerAddress, max(1, most / 4))
        return true
    }
}
