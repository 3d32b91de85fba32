import API
package import HTTP

/// The settings of rate limits.
package enum RateLimitSettings {
    static let isOn = Setting(
        "rateLimits.enabled", default: true, "whether there are any; also whether those for squatters hold (`SQUATTING_…`)")

    /// One setting for each class, as `20/60`: requests in seconds.
    static let limits: [RateLimitClass: Setting<RateLimit>] = [
        .read: limit(of: .read, 600, 60, "what only reads"),
        .write: limit(of: .write, 120, 60, "what writes"),
        .signIn: limit(of: .signIn, 20, 60, "signing in"),
        .signUp: limit(of: .signUp, 10, 600, "new accounts"),
        .oneTimeCode: limit(of: .oneTimeCode, 10, 600, "asking for one-time codes"),
        .qrLogin: limit(of: .qrLogin, 30, 60, "signing in by QR code"),
        .qrPoll: limit(of: .qrPoll, 120, 60, "asking whether such a code was approved"),
        .picture: limit(of: .picture, 6_000, 60, "showing pictures"),
        .upload: limit(of: .upload, 60, 60, "uploading pictures"),
        .collection: limit(of: .collection, 60, 60, "collecting tickets by their code"),
    ]

    package static let group = SettingGroup(
        "Limits of rate", note: "requests per seconds",
        [isOn.declaration] + limits.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value.declaration))

    private static func limit(of name: RateLimitClass, _ requests: Int, _ seconds: Int, _ meaning: String) -> Setting<RateLimit> {
        Setting(
            "rateLimits.\(camelCase(name.rawValue))", default: RateLimit(requests: requests, seconds: seconds),
            unset: "\(requests)/\(seconds)", else: "is not of the form REQUESTS/SECONDS", meaning
        ) { text in
            let parts = text.split(separator: "/").map { Int($0) }
            guard parts.count == 2, let requests = parts[0], let seconds = parts[1], requests > 0, seconds > 0, seconds <= 86_400 else {
                return nil
            }
            return RateLimit(requests: requests, seconds: seconds)
        }
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension RateLimitConfiguration {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings) throws(SettingFault) {
        self.init(isOn: try settings[RateLimitSettings.isOn], classes: [:])
        for (name, limit) in RateLimitSettings.limits { classes[name] = try settings[limit] }
    }
}
