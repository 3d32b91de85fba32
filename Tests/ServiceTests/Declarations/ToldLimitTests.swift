import API
import Callers
import Shared
import Testing

@testable import HTTP

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("Whoever has reached a limit is told what it is")
struct ToldLimitTests {
    @Test("Every refusal of a limit, a quota or a share has it as its member `limit`", arguments: Realm.allCases)
    func told(realm: Realm) throws {
        var codes: Set<String> = []
        let sentences = try #require(Texts.catalogue[.english]).sentences
        for endpoint in try FurnishedPlatform.endpoints(of: realm) {
            for refusal in endpoint.refusals {
                let words = refusal.code.split(separator: "_")
                guard let end = words.last, ["reached", "exceeded"].contains(end), refusal.code != "quota_exceeded" else { continue }
                codes.insert(refusal.code)
                #expect(
                    sentences[refusal.code]?.contains("{limit}") == true || refusal["limit"] != nil,
                    "\(endpoint.operation): \(refusal.code)")
            }
        }
        #expect(codes.contains("code_limit_reached"))
    }
}
