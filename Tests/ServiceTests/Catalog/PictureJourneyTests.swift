import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Shared
import TestSupport
import Testing
import Text

extension Platform {
    func upload(
        to service: any TestClientProtocol, _ token: String?, _ bytes: [UInt8], type: String = "image/png", language: String = "en"
    ) async throws -> Asked {
        var headers: HTTPFields = [.contentType: type, .acceptLanguage: language]
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await service.execute(uri: "/v1/images", method: .post, headers: headers, body: ByteBuffer(bytes: bytes)) { response in
            Asked(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
    }

    /// - Returns: the poster's hash.
    func givePoster(toMovie id: Int64) async throws -> String {
        let hash = try await upload(to: admin, administrator, TestPicture.png())["hash"].text
        let shown = try await admin.ask(
            .put, "/v1/movies/\(id)/pictures", token: administrator, json: #"{"poster": "\#(hash)"}"#, ifMatch: "*")
        #expect(shown.status == 200, "\(shown.body)")
        return hash
    }
}

@Suite("Pictures, from the upload to the screens")
struct PictureJourneyTests {
    private static func image(
        _ client: any TestClientProtocol, _ path: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await client.execute(uri: path, method: method, headers: headers, body: nil)
    }

    @Test("A poster is uploaded once, shown with its movie in every service, and served to everybody for ever")
    func poster() async throws {
        try await Platform.with { platform in
            let file = TestPicture.png(width: 400, height: 600)
            let uploaded = try await platform.upload(to: platform.admin, platform.administrator, file)
            #expect(uploaded.status == 201, "\(uploaded.body)")
            let hash = uploaded["hash"].text
            #expect(uploaded["width"].number == 400 && uploaded["height"].number == 600)
            #expect(uploaded["sizes"].items.map { $0["width"].number } == [320, 400])
            #expect(uploaded.headers[.location] == "/v1/images/\(hash)" && uploaded["url"].text == "/v1/images/\(hash)")
            #expect(try await platform.upload(to: platform.admin, platform.administrator, file)["hash"].text == hash)

            let movie = try await platform.movie()
            let shown = try await platform.admin.ask(
                .put, "/v1/movies/\(movie)/pictures", token: platform.administrator,
                json: #"{"poster": "\#(hash)", "stills": ["\#(hash)"]}"#, ifMatch: "*")
            #expect(shown.status == 200 && shown["stills"].items.map { $0["hash"].text } == [hash], "\(shown.body)")
            for (client, token) in [(platform.client, nil), (platform.admin, platform.administrator)] as [(any TestClientProtocol, String?)]
            {
                let listed = try await client.ask(.get, "/v1/movies", token: token)["items"].items.first?["poster"] ?? .null
                #expect(listed["hash"].text == hash && listed["width"].number == 400 && listed["height"].number == 600)
                #expect(listed["url"].text == "/v1/images/\(hash)")
            }
            for client in [platform.client, platform.cinema, platform.admin] {
                let given = try await Self.image(client, "/v1/images/\(hash)")
                #expect(given.status == .ok && given.headers[.contentType] == "image/webp")
                #expect(given.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(given.headers[.xContentTypeOptions] == "nosniff")
                #expect(given.body.getString(at: 8, length: 4) == "WEBP")
                let tag = try #require(given.headers[.eTag])
                #expect(tag == "\"\(hash)-400\"")
                #expect(try await Self.image(client, "/v1/images/\(hash)", headers: [.ifNoneMatch: tag]).status == .notModified)
                let head = try await Self.image(client, "/v1/images/\(hash)?width=200", method: .head)
                #expect(head.status == .ok && head.headers[.eTag] == "\"\(hash)-320\"")
            }
            let gone = try await platform.admin.ask(
                .put, "/v1/movies/\(movie)/pictures", token: platform.administrator, json: #"{"poster": null}"#, ifMatch: "*")
            #expect(gone["poster"] == .null && gone["stills"].items.isEmpty)
            let unknown = try await platform.admin.ask(
                .put, "/v1/movies/\(movie)/pictures", token: platform.administrator,
                json: #"{"poster": null, "stills": ["\#(hash)", "\#(String(repeating: "0", count: 64))"]}"#, ifMatch: "*")
            #expect(unknown.status == 422 && unknown.code == "picture_unknown" && unknown.pointers == ["/stills/1"])
            for path in [String(repeating: "0", count: 64), hash.uppercased(), "x", hash + "0"] {
                #expect(try await Self.image(platform.client, "/v1/images/\(path)").status == .notFound)
            }
            let trail = try await platform.pool.rows("SELECT DISTINCT subject FROM audit_events WHERE action LIKE '%picture%' ORDER BY 1") {
                try $0["subject"] as String
            }
            #expect(trail == ["movie:\(movie)", "picture:\(hash)"])
        }
    }

    @Test("A person's portrait is shown with it, and with its part in a movie")
    func portrait() async throws {
        // Nothing is kept, so that what is changed shows at once.
        try await Platform.with(["HTTP_ANSWER_MEMORY_BYTES": "0"]) { platform in
            let hash = try await platform.upload(to: platform.admin, platform.administrator, TestPicture.png())["hash"].text
            let movie = try await platform.movie()
            let person = try await platform.client.ask(.get, "/v1/movies/\(movie)")["people"].items.first?["person_id"].number ?? 0
            let shown = try await platform.admin.ask(
                .put, "/v1/people/\(person)/portrait", token: platform.administrator, json: #"{"portrait": "\#(hash)"}"#, ifMatch: "*")
            #expect(shown.status == 200 && shown["portrait"]["hash"].text == hash, "\(shown.body)")
            #expect(try await platform.client.ask(.get, "/v1/people/\(person)")["portrait"] == shown["portrait"])
            let people = try await platform.client.ask(.get, "/v1/movies/\(movie)")["people"].items
            #expect(people.map { $0["portrait"] } == [shown["portrait"]])
            let unknown = try await platform.admin.ask(
                .put, "/v1/people/\(person)/portrait", token: platform.administrator,
                json: #"{"portrait": "\#(String(repeating: "0", count: 64))"}"#, ifMatch: "*")
            #expect(unknown.status == 422 && unknown.code == "picture_unknown" && unknown.pointers == ["/portrait"])
            let gone = try await platform.admin.ask(
                .put, "/v1/people/\(person)/portrait", token: platform.administrator, json: #"{"portrait": null}"#, ifMatch: "*")
            #expect(gone.status == 200 && gone["portrait"] == .null)
        }
    }

    @Test("A merchant shows its cinemas and halls, within its quota, and nobody else's")
    func merchants() async throws {
        try await Platform.with(["QUOTAS_PICTURES": "1/2"]) { platform in
            let (merchant, other) = (try await platform.merchant("wanda"), try await platform.merchant("bona"))
            let (cinemaID, hallID) = try await platform.hall(merchant)
            let first = try await platform.upload(to: platform.cinema, merchant.token, TestPicture.png(color: 1))
            #expect(first.status == 201, "\(first.body)")
            #expect(try await platform.upload(to: platform.cinema, merchant.token, TestPicture.png(color: 2)).status == 201)
            let full = try await platform.upload(to: platform.cinema, merchant.token, TestPicture.png(color: 3))
            #expect(full.status == 409 && full.code == "quota_reached" && full["limit"].number == 2)
            #expect(try await platform.upload(to: platform.cinema, other.token, TestPicture.png(color: 3)).status == 201)
            let photos = #"{"photos": ["\#(first["hash"].text)"]}"#
            for path in ["/v1/cinemas/\(cinemaID)/photos", "/v1/halls/\(hallID)/photos"] {
                let shown = try await platform.cinema.ask(.put, path, token: merchant.token, json: photos, ifMatch: "*")
                #expect(shown.status == 200 && shown["photos"].items.map { $0["hash"].text } == [first["hash"].text], "\(shown.body)")
                #expect(try await platform.cinema.ask(.put, path, token: other.token, json: photos, ifMatch: "*").status == 404)
            }
            let seen = try await platform.client.ask(.get, "/v1/cinemas/\(cinemaID)")
            #expect(seen["photos"].items.map { $0["hash"].text } == [first["hash"].text], "\(seen.body)")
            let listed = try await platform.client.ask(.get, "/v1/cinemas?city_id=1")["items"].items.first { $0["id"].number == cinemaID }
            #expect(listed?["photo"]["hash"].text == first["hash"].text)
        }
    }

    @Test("Only whoever may upload can, and each fault of a file has a code of its own, in both languages")
    func refusals() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            let clerk = try await platform.holder(.cinema, of: merchant.id, grants: ["cinemas": 7])
            let file = TestPicture.png()
            #expect(try await platform.upload(to: platform.cinema, nil, file).status == 401)
            #expect(try await platform.upload(to: platform.cinema, clerk.token, file).status == 403)
            #expect(try await platform.upload(to: platform.client, try await platform.moviegoer("anna"), file).status == 404)
            var broken = file
            broken.removeLast(20)
            // A header that claims 8,000 by 8,000 pixels.
            let huge = TestPicture.claiming(8_000, 8_000)
            for (bytes, type, code) in [
                (Array("<svg/>".utf8), "image/png", "picture_type_unknown"), (file, "image/jpeg", "picture_mislabelled"),
                (broken, "image/png", "picture_broken"), (TestPicture.animated, "image/png", "picture_animated"),
                (huge, "image/png", "picture_too_large"),
            ] {
                let refused = try await platform.upload(to: platform.admin, platform.administrator, bytes, type: type)
                #expect(refused.status == 422 && refused.code == code, "\(refused.body)")
                #expect(!refused["detail"].text.contains("{"))
                let chinese = try await platform.upload(to: platform.admin, platform.administrator, bytes, type: type, language: "zh")
                #expect(chinese.code == code && chinese["detail"].text.unicodeScalars.contains { $0.value > 0x4E00 })
            }
            let unknownType = try await platform.upload(to: platform.admin, platform.administrator, file, type: "image/gif")
            #expect(unknownType.status == 415)
            let long = try await platform.upload(to: platform.admin, platform.administrator, file + [UInt8](repeating: 0, count: 5_000_000))
            #expect(long.status == 413 && long.code == "body_too_large")
        }
    }

    @Test("A thousand uploads at once are taken or told to come again, and none fails")
    func crowd() async throws {
        try await Platform.with { platform in
            let file = TestPicture.png(width: 600, height: 600)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        // Some of them the same.
                        let file = number % 3 == 0 ? file : TestPicture.png(color: number)
                        return try await platform.upload(to: platform.admin, platform.administrator, file).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(Set(statuses.keys).isSubset(of: [201, 503]) && statuses[201, default: 0] > 0, "\(statuses)")
            #expect(try await platform.upload(to: platform.admin, platform.administrator, TestPicture.png(color: 5_000)).status == 201)
        }
    }
}
