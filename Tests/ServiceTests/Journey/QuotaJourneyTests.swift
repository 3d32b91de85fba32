import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import Testing

@Suite("How much a merchant may write, over HTTP")
struct QuotaJourneyTests {
    private static let layout = #"{"rows": [{"label": "A", "zone": "standard", "cells": "SSSS"}]}"#

    private static let few = [
        "QUOTAS_CINEMAS": "2/3", "QUOTAS_HALLS": "2/3", "QUOTAS_SEATS": "8/100", "QUOTAS_UNUSED_LAYOUTS": "1/2",
        "QUOTAS_OPEN_REQUESTS": "1/2", "QUOTAS_MEMBERS": "2/3",
    ]

    @Test("An unverified merchant may write a little, is told how much, and may write more once it is verified")
    func journey() async throws {
        try await Platform.with(Self.few) { platform in
            let merchant = try await platform.merchant("wanda", verified: false)
            func post(_ path: String, _ json: String) async throws -> Asked {
                try await platform.cinema.ask(.post, path, token: merchant.token, json: json)
            }
            func cinema(_ name: String) async throws -> Asked {
                try await post(
                    "/v1/cinemas",
                    #"{"name": "\#(name)", "city_id": 1, "address": "street 1", "latitude": 31.23, "longitude": 121.47}"#)
            }
            func expectQuota(_ limit: Int, _ answer: Asked, sourceLocation: SourceLocation = #_sourceLocation) {
                #expect(answer.status == 409 && answer.code == "quota_reached", "\(answer.body)", sourceLocation: sourceLocation)
                #expect(answer["detail"].text.contains("\(limit)"), "\(answer.body)", sourceLocation: sourceLocation)
                #expect(answer["limit"].number == Int64(limit), "\(answer.body)", sourceLocation: sourceLocation)
            }
            let first = try await cinema("one")
            #expect(first.status == 201, "\(first.body)")
            #expect(try await cinema("two").status == 201)
            expectQuota(2, try await cinema("three"))

            func hall(_ name: String, _ cells: String = "SSSS") async throws -> Asked {
                try await post(
                    "/v1/cinemas/\(first["id"].number)/halls",
                    #"{"name": "\#(name)", "formats": ["2D"], "layout": {"rows": [{"label": "A", "zone": "z", "cells": "\#(cells)"}]}}"#)
            }
            expectQuota(8, try await hall("too large", "SSSSSSSSS"))
            let added = try await hall("one")
            #expect(added.status == 201, "\(added.body)")
            #expect(try await hall("two").status == 201)
            expectQuota(2, try await hall("three"))

            func replace() async throws -> Asked {
                try await platform.cinema.ask(
                    .put, "/v1/halls/\(added["id"].number)/layout", token: merchant.token, json: Self.layout, ifMatch: "*")
            }
            #expect(try await replace().status == 200)
            expectQuota(1, try await replace())

            let movies = [try await platform.movie("Hero"), try await platform.movie("Other")]
            func ask(_ movie: Int) async throws -> Asked {
                try await post(
                    "/v1/screening-rights", #"{"movie_id": \#(movies[movie]), "valid_from": "2026-01-01", "valid_to": "2026-12-31"}"#)
            }
            #expect(try await ask(0).status == 201)
            #expect(try await ask(0).code == "screening_right_requested")
            expectQuota(1, try await ask(1))

            let usher = try await platform.groupID("usher")
            func member(_ name: String) async throws -> Asked {
                try await post(
                    "/v1/members", #"{"username": "\#(name)", "password": "\#(Platform.password)", "user_group_ids": [\#(usher)]}"#)
            }
            // The first is who has registered.
            let hired = try await member("clerk")
            #expect(hired.status == 201, "\(hired.body)")
            expectQuota(2, try await member("usher"))

            let verified = try await platform.admin.ask(
                .post, "/v1/merchants/\(merchant.id)/verification", token: platform.administrator, json: #"{"verified": true}"#)
            #expect((200...201).contains(verified.status))
            #expect(try await cinema("three").status == 201)
            expectQuota(3, try await cinema("four"))
            #expect(try await hall("three", "SSSSSSSSSSSSSSSSSSSS").status == 201)
            #expect(try await replace().status == 200)
            expectQuota(2, try await replace())
            #expect(try await ask(1).status == 201)
            #expect(try await member("usher").status == 201)
            expectQuota(3, try await member("another"))
        }
    }

    @Test(
        "A quota that is none is named, and its value is not told",
        arguments: ["QUOTAS_CINEMAS", "QUOTAS_HALLS", "QUOTAS_SEATS", "QUOTAS_UNUSED_LAYOUTS", "QUOTAS_OPEN_REQUESTS", "QUOTAS_MEMBERS"])
    func settings(name: String) throws {
        for value in ["3", "3/", "/3", "a/b", "-1/3", "1/2/3", "1/1000000001", "99999999999999999999/1"] {
            let settings = try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none", [name: value])
            let fault = #expect(throws: SettingFault.self) { _ = try Platform.assembly(.cinema, settings) }
            #expect(fault?.name == name)
        }
    }
}
