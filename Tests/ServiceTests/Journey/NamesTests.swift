import API
import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import Testing

@Suite("Names, free text and what is typed, over HTTP")
struct NamesTests {
    private static let layout = #"{"rows": [{"label": "A", "zone": "standard", "cells": "SSSS"}]}"#

    private static func cinema(_ name: String, city: Int = 1) -> String {
        """
        {"name": "\(name)", "city_id": \(city), "district": "黄浦区", "address": "street 1", "latitude": 31.23, "longitude": 121.47, \
        "phone": "021\u{200B}-1\r\n", "service_fee_fen": 300}
        """.replacing("\r\n", with: "\\r\\n")
    }

    // MARK: Twins

    @Test("A hall's name that looks like another's of its cinema is taken; elsewhere it is free")
    func halls() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            let (here, elsewhere) = (try await platform.hall(merchant).cinemaID, try await platform.hall(merchant).cinemaID)
            func add(_ name: String, to cinemaID: Int64 = here) async throws -> Asked {
                try await platform.cinema.ask(
                    .post, "/v1/cinemas/\(cinemaID)/halls", token: merchant.token,
                    json: #"{"name": "\#(name)", "formats": ["2D"], "layout": \#(Self.layout)}"#)
            }
            let amelie = try await add("Ame\u{301}lie")
            #expect(amelie.status == 201)
            #expect(Array(amelie["name"].text.unicodeScalars) == Array("Am\u{E9}lie".unicodeScalars))
            for twin in ["Am\u{E9}lie", "AMÉLIE", "Ａｍéｌｉｅ", "Ame\u{301}lie", "１"] {
                let refused = try await add(twin)
                #expect(refused.status == 409 && refused.code == "hall_exists", "\(twin): \(refused.body)")
            }
            for invisible in ["Am\u{200B}élie", "\u{202E}Amélie", "Amélie ", "Amé\u{AD}lie", "\u{3164}"] {
                let refused = try await add(invisible)
                #expect(refused.status == 422 && refused.code == "name_invalid", "\(refused.body)")
                #expect(refused.pointers == ["/name"])
            }
            #expect(try await add("Amelie").status == 201)
            #expect(try await add("AMÉLIE", to: elsewhere).status == 201)

            let renamed = try await platform.cinema.ask(
                .patch, "/v1/halls/\(amelie["id"].number)", token: merchant.token, json: #"{"name": "ＡＭＥＬＩＥ"}"#, ifMatch: "*")
            #expect(renamed.status == 409 && renamed.code == "hall_exists")
        }
    }

    @Test("A merchant has one cinema of a name in a city; another city, another merchant, and a deleted one don't stand in its way")
    func cinemas() async throws {
        try await Platform.with { platform in
            try await platform.pool.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (2, '北京', '110100', 'BEIJING', 'B')")
            let (wanda, bona) = (try await platform.merchant("wanda"), try await platform.merchant("bona"))
            func add(_ name: String, _ merchant: Platform.Merchant = wanda, city: Int = 1) async throws -> Asked {
                try await platform.cinema.ask(.post, "/v1/cinemas", token: merchant.token, json: Self.cinema(name, city: city))
            }
            let first = try await add("Straße")
            #expect(first.status == 201, "\(first.body)")
            #expect(first["phone"].text == "021-1")
            for twin in ["Straße", "STRASSE", "ｓtraße"] {
                let refused = try await add(twin)
                #expect(refused.status == 409 && refused.code == "cinema_exists", "\(refused.body)")
            }
            #expect(try await add("STRASSE", bona).status == 201)
            let other = try await add("STRASSE", city: 2)
            #expect(other.status == 201)
            let moved = try await platform.cinema.ask(
                .patch, "/v1/cinemas/\(other["id"].number)", token: wanda.token, json: #"{"city_id": 1}"#, ifMatch: "*")
            #expect(moved.status == 409 && moved.code == "cinema_exists", "\(moved.body)")
            let deleted = try await platform.cinema.ask(.delete, "/v1/cinemas/\(first["id"].number)", token: wanda.token, ifMatch: "*")
            #expect(deleted.status == 204)
            #expect(try await add("Strasse").status == 201)
        }
    }

    @Test("Companies and groups have one name each; movies, people and merchants may have another's")
    func others() async throws {
        try await Platform.with { platform in
            func add(_ path: String, _ json: String) async throws -> Asked {
                try await platform.admin.ask(.post, path, token: platform.administrator, json: json)
            }
            for (path, more, code) in [
                ("/v1/companies", "", "company_exists"),
                ("/v1/permission-groups", #", "realm": "cinema", "permission_ids": []"#, "group_exists"),
                ("/v1/user-groups", #", "realm": "cinema", "permission_ids": []"#, "group_exists"),
            ] {
                #expect(try await add(path, #"{"name": "Bona Film"\#(more)}"#).status == 201)
                let twin = try await add(path, #"{"name": "ＢＯＮＡ film"\#(more)}"#)
                #expect(twin.status == 409 && twin.code == code, "\(twin.body)")
            }
            let movies = [try await platform.movie("Hero"), try await platform.movie("HERO"), try await platform.movie("Hero")]
            #expect(Set(movies).count == 3)
            let merchants = [try await platform.merchant("wanda"), try await platform.merchant("WANDA2")]
            #expect(Set(merchants.map(\.id)).count == 2)
        }
    }

    // MARK: Search

    @Test(
        "A title is found however its letters are written",
        arguments: ["Ame%CC%81lie", "am%C3%A9lie", "AM%C3%89LIE", "%EF%BC%A1m%C3%A9", "%20m%C3%A9lie%E2%80%8B", "100%25"])
    func search(q: String) async throws {
        try await Platform.with { platform in
            let id = try await platform.movie("Ame\u{301}lie 100% _")
            _ = try await platform.movie("Hero")
            let found = try await platform.client.ask(.get, "/v1/movies?q=\(q)")
            #expect(found["items"].items.map { $0["id"].number } == [id], "\(found.body)")
        }
    }

    @Test("Marks are not looked for, and nothing is when nothing is left to look for")
    func searchMarks() async throws {
        try await Platform.with { platform in
            let id = try await platform.movie(#"50% a_b"#)
            for q in ["50%25", "50a_b", "%EF%BC%95%EF%BC%90%EF%BC%85"] {
                let found = try await platform.client.ask(.get, "/v1/movies?q=\(q)")
                #expect(found["items"].items.map { $0["id"].number } == [id])
            }
            for q in ["%25", "_", "%EF%BC%85", "%5C", "50%25%20b", "b_a"] {
                #expect(try await platform.client.ask(.get, "/v1/movies?q=\(q)")["items"].items.isEmpty)
            }
            #expect(try await platform.client.ask(.get, "/v1/movies?q=%E2%80%8B")["items"].items.count == 1)
        }
    }

    // MARK: Typed and scanned

    @Test(
        "A login is taken as it was meant",
        arguments: ["anna\\r\\n", " Anna ", "ａｎｎａ", "an\u{200B}na", "+86 138 0013 8000\u{202C}", "１３８００１３８０００", "ANNA＠example.org"])
    func logins(login: String) async throws {
        try await Platform.with { platform in
            let signedUp = try await platform.client.ask(
                .post, "/v1/accounts",
                json: #"""
                    {"username": "anna", "password": "\#(Platform.password)", "phone": "１３８\u200B00138000\r\n", "email": "anna@example.org\n"}
                    """#)
            #expect(signedUp.status == 201, "\(signedUp.body)")
            #expect(signedUp["account"]["phone"].text == "+8613800138000" && signedUp["account"]["email"].text == "anna@example.org")
            let signedIn = try await platform.client.ask(
                .post, "/v1/sessions", json: #"{"login": "\#(login)", "password": "\#(Platform.password)"}"#)
            #expect(signedIn.status == 201, "\(signedIn.body)")
        }
    }

    @Test("A username keeps its own rule, and what is nothing but invisible is nothing")
    func usernames() async throws {
        try await Platform.with { platform in
            for name in ["an\u{200B}na", "ａｎｎａ", "anna "] {
                let refused = try await platform.client.ask(
                    .post, "/v1/accounts", json: #"{"username": "\#(name)", "password": "\#(Platform.password)"}"#)
                #expect(refused.status == 422, "\(refused.body)")
            }
            let nothing = try await platform.client.ask(
                .post, "/v1/sessions", json: #"{"login": "\u200B\u200B", "password": "\#(Platform.password)"}"#)
            #expect(nothing.status == 422 && nothing.pointers == ["/login"])
        }
    }

    @Test("A collection code is read with a scanner's line end, in full width and with marks in it; a place is a name")
    func codes() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let token = stage.merchant.token
            for code in ["ABCD-EFGH\\r\\n", "ＡＢＣＤＥＦＧＨ", "\u{FEFF}abcd efgh"] {
                let unknown = try await platform.cinema.ask(.post, "/v1/tickets/collections", token: token, json: #"{"code": "\#(code)"}"#)
                // Well read, and nobody's: what can't be a code is another refusal's affair.
                #expect(unknown.code == "collection_code_unknown", "\(unknown.body)")
            }
            let place = try await platform.cinema.ask(
                .post, "/v1/tickets/collections", token: token, json: #"{"code": "ABCDEFGH", "place": "Counter\u200B 2"}"#)
            #expect(place.code == "name_invalid" && place.pointers == ["/place"])
        }
    }

    // MARK: Free text

    @Test("A note loses what nobody sees and keeps its emoji; nothing left is too short")
    func notes() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = try await platform.cinema.ask(
                .post, "/v1/orders", token: stage.merchant.token, json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(seat)]}"#)
            let path = "/v1/orders/\(order["id"].text)/voiding"
            func void(_ reason: String) async throws -> Asked {
                try await platform.cinema.ask(.post, path, token: stage.merchant.token, json: #"{"reason": "\#(reason)"}"#)
            }
            let empty = try await void("\u{200B}\u{202E}")
            #expect(empty.status == 422 && empty.pointers == ["/reason"], "\(empty.body)")
            let voided = try await void(" wrong\u{202E} seat\\n👩🏽‍🚀 ❤️\u{200B} ")
            #expect((200...204).contains(voided.status), "\(voided.body)")
            let notes = try await platform.pool.rows("SELECT note FROM order_events WHERE note IS NOT NULL") { try $0["note"] as String }
            #expect(notes == ["wrong seat 👩🏽‍🚀 ❤️"])
        }
    }
}
