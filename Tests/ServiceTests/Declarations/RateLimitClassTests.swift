import API
import Assembly
import Callers
import HTTP
import Testing

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("Every class of calls has a limit")
struct RateLimitClassTests {
    @Test("No endpoint is of a class that the settings of limits don't have, where nothing would limit it")
    func limited() throws {
        let settings = try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none")
        let limits = try RateLimitConfiguration(settings)
        var used: Set<RateLimitClass> = []
        for realm in Realm.allCases {
            for endpoint in try Platform.endpoints(realm, settings).endpoints where endpoint.rateLimit != .exempt {
                #expect(limits.classes[endpoint.rateLimit] != nil, "\(realm) \(endpoint.operation): \(endpoint.rateLimit.rawValue)")
                used.insert(endpoint.rateLimit)
            }
        }
        // Nor does a setting limit what no call is of.
        #expect(used == Set(limits.classes.keys))
    }
}
