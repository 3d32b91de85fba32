import Callers
import Synchronization
import Text
import Waiting

/// The owner of an allowance.
enum RateLimitKey: Hashable, Sendable {
    case account(Int64)
    case address(AddressBlock)
    /// Requests from this address block with tokens that are unknown.
    case unknownTokens(AddressBlock)

    /// By how many times the allowance is multiplied.
    var clients: Int {
        switch self {
        case .account: 1
        case .address(let block), .unknownTokens(let block): block.clients
        }
    }
}

/// How many requests of a class a caller may make.
package struct RateLimit: Hashable, Sendable {
    /// The number of requests …
    package let requests: Int
    /// … in this number of seconds. They may come all at once, and the allowance comes back evenly.
    package let seconds: Int

    package init(requests: Int, seconds: Int) {
        self.requests = max(1, requests)
        self.seconds = max(1, seconds)
    }
}

/// The limits of a service.
package struct RateLimitConfiguration: Hashable, Sendable {
    package var isOn: Bool
    package var classes: [RateLimitClass: RateLimit]

    /// - Parameter classes: the limit of each class; a class that is missing has none.
    package init(isOn: Bool = true, classes: [RateLimitClass: RateLimit]) {
        self.isOn = isOn
        self.classes = classes
    }

    package static let off = RateLimitConfiguration(isOn: false, classes: [:])
}

/// The state of a caller's allowance after a request, in the words of draft-ietf-httpapi-ratelimit-headers-11.
struct Quota: Hashable, Sendable {
    /// `RateLimit-Policy`
    let policy: String
    let name: String
    let remaining: Int
    /// Seconds until the whole allowance is back.
    let resetSeconds: Int
    let isExceeded: Bool
    /// Seconds until one more request passes.
    let retryAfter: Int

    /// `RateLimit`
    var state: String { "\"\(name)\";r=\(remaining);t=\(resetSeconds)" }

    var problem: Problem {
        Problem.tooManyRequests("quota_exceeded", retryAfter: retryAfter).with("retry_after", .integer(Int64(retryAfter)))
            .with("violated-policies", .array([.string(name)]))
    }
}

/// Token buckets in memory, one for each class and caller.
///
/// A bucket is stored as the time at which it will be full again (the generic cell rate algorithm): one number. A full bucket needn't be
/// stored at all. Memory is limited: when it runs out, full buckets are removed first, and then any, until half of it is free.
final class RateLimiter: Sendable {
    private struct Policy: Sendable {
        let limit: RateLimit
        let name: String
        /// Nanoseconds in which the whole allowance comes back.
        let window: Int64

        /// Nanoseconds in which the allowance of a key grows by one request.
        func interval(_ key: RateLimitKey) -> Int64 {
            max(1, window / Int64(clamping: requests(key)))
        }

        func text(_ key: RateLimitKey) -> String {
            "\"\(name)\";q=\(requests(key));w=\(limit.seconds)"
        }

        private func requests(_ key: RateLimitKey) -> Int {
            let (product, overflows) = limit.requests.multipliedReportingOverflow(by: key.clients)
            return overflows ? limit.requests : product
        }
    }

    private struct Key: Hashable {
        let name: String
        let key: RateLimitKey
    }

    private let policies: [RateLimitClass: Policy]
    private let maximumBuckets: Int
    private let now: @Sendable () -> Int64
    private let fullAt = Mutex<[Key: Int64]>([:])

    /// - Parameter now: nanoseconds of a clock that never goes back.
    init(
        _ limits: RateLimitConfiguration, maximumBuckets: Int = 100_000,
        now: @escaping @Sendable () -> Int64 = RateLimiter.monotonicNanoseconds
    ) {
        let classes = limits.isOn ? limits.classes.filter { $0.key != .exempt } : [:]
        policies = Dictionary(
            uniqueKeysWithValues: classes.map { name, limit in
                let window = Int64(limit.seconds) * 1_000_000_000
                return (name, Policy(limit: limit, name: name.rawValue, window: window))
            })
        self.maximumBuckets = maximumBuckets
        self.now = now
    }

    private static let start = ContinuousClock.now

    static let monotonicNanoseconds: @Sendable () -> Int64 = { (ContinuousClock.now - start).nanoseconds }

    /// How many buckets are not full.
    var bucketCount: Int { fullAt.withLock { $0.count } }

    /// Whether requests of the class are limited.
    func limits(_ name: RateLimitClass) -> Bool {
        policies[name] != nil
    }

    /// Whether the allowance is used up. This takes nothing off it.
    func isExceeded(_ name: RateLimitClass, _ key: RateLimitKey) -> Bool {
        guard let policy = policies[name] else { return false }
        let now = now()
        let full = fullAt.withLock { $0[Key(name: name.rawValue, key: key)] } ?? now
        return max(full, now) + policy.interval(key) - now > policy.window
    }

    /// Takes one request off the allowances of all address blocks from which it comes, if each has one left.
    ///
    /// - Parameter key: makes the key for a block.
    /// - Returns: the client's allowance, or the one that is used up.
    func take(_ name: RateLimitClass, address: String, _ key: (AddressBlock) -> RateLimitKey) -> Quota? {
        let keys = AddressBlock.all(of: address).map(key)
        guard let client = keys.first else { return nil }
        // When one allowance is used up, nothing is taken off the other.
        if let exceeded = keys.dropFirst().first(where: { isExceeded(name, $0) }) { return take(name, exceeded) }
        let quota = take(name, client)
        if quota?.isExceeded == false { for site in keys.dropFirst() { _ = take(name, site) } }
        return quota
    }

    /// Whether the allowance of one of the request's address blocks is used up. This takes nothing off it.
    func isExceeded(_ name: RateLimitClass, address: String, _ key: (AddressBlock) -> RateLimitKey) -> Bool {
        AddressBlock.all(of: address).contains { isExceeded(name, key($0)) }
    }

    /// Takes one request off the allowance, if there is one left.
    func take(_ name: RateLimitClass, _ key: RateLimitKey) -> Quota? {
        guard let policy = policies[name] else { return nil }
        let now = now()
        let bucket = Key(name: name.rawValue, key: key)
        let interval = policy.interval(key)
        let (full, isExceeded): (Int64, Bool) = fullAt.withLock { buckets in
            let before = max(buckets[bucket] ?? now, now)
            let after = before + interval
            guard after - now <= policy.window else { return (before, true) }
            if buckets.count >= maximumBuckets, buckets[bucket] == nil { makeRoom(in: &buckets, now: now) }
            buckets[bucket] = after
            return (after, false)
        }
        let missing = full - now
        return Quota(
            policy: policy.text(key),
            name: name.rawValue,
            remaining: max(0, Int((policy.window - missing) / interval)),
            resetSeconds: Self.roundedUpSeconds(missing),
            isExceeded: isExceeded,
            retryAfter: max(1, Self.roundedUpSeconds(missing + interval - policy.window))
        )
    }

    private func makeRoom(in buckets: inout [Key: Int64], now: Int64) {
        buckets = buckets.filter { $0.value > now }
        // It is still more than half full, so requests flood in from many addresses. Removing some buckets gives their owners the allowance
        // back. That costs less than unlimited memory, and less than searching all buckets again for every few new ones.
        if buckets.count > maximumBuckets / 2 {
            buckets = Dictionary(uniqueKeysWithValues: buckets.prefix(maximumBuckets / 2).map { ($0.key, $0.value) })
        }
    }

    private static func roundedUpSeconds(_ nanoseconds: Int64) -> Int {
        Int((max(0, nanoseconds) + 999_999_999) / 1_000_000_000)
    }
}
