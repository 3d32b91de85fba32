import HTTP
import HTTPTypes
import Testing
import Text

@Suite("Places over HTTP")
struct PlacesEndpointsTests {
    @Test("A merchant adds and changes a cinema, moviegoers find it near them, an administrator deletes it")
    func cinema() async throws {
        try await CatalogServices.with { services in
            let id = try await services.addCinema()
            let farPalace = CatalogServices.palace.replacing("31.23", with: "39.9").replacing("Palace", with: "Far Palace")
            let far = try await services.addCinema(farPalace)
            let path = "/v1/cinemas/\(id)"
            let near = try await services.client.ask(.get, "/v1/cinemas?near=31.24,121.47&city_id=1")
            #expect(near["items"].items.map { $0["id"].number } == [id, far])
            #expect(abs(near["items"].items[0]["distance_m"].number - 1112) <= 1)
            let plain = try await services.client.ask(.get, "/v1/cinemas")
            #expect(plain["items"].items.map { $0["distance_m"] } == [.null, .null])
            #expect(!plain.body.contains("distance_m"))

            let own = try await services.cinema.ask(.get, path, token: services.merchants[0])
            #expect(own["seat_limit"].number == 4)
            #expect(own["trailers_min"].number == 10)
            let tag = try #require(own.headers[.eTag])
            let changed = try await services.cinema.ask(
                .patch, path, token: services.merchants[0], json: #"{"seat_limit": 5}"#, ifMatch: tag
            )
            #expect(changed.status == 200)
            #expect(changed["seat_limit"].number == 5)
            #expect(changed["name"].text == "Palace")
            #expect(try await services.admin.ask(.delete, path, token: services.administrator, ifMatch: tag).status == 412)
            let gone = try await services.admin.ask(.delete, path, token: services.administrator, ifMatch: changed.headers[.eTag])
            #expect(gone.status == 204)
            #expect(try await services.client.ask(.get, path).status == 404)
        }
    }

    @Test("A merchant's cinemas and halls are as good as absent to another merchant, and an unverified one's to moviegoers")
    func ownership() async throws {
        try await CatalogServices.with { services in
            let id = try await services.addCinema()
            let hidden = try await services.addCinema(merchant: 1)
            let hall = try await services.cinema.ask(
                .post, "/v1/cinemas/\(id)/halls", token: services.merchants[0], json: CatalogServices.hall
            )["id"].number
            let other = services.merchants[1]
            #expect(try await services.cinema.ask(.get, "/v1/cinemas/\(id)", token: other).status == 404)
            #expect(try await services.cinema.ask(.patch, "/v1/cinemas/\(id)", token: other, json: "{}", ifMatch: "*").status == 404)
            #expect(try await services.cinema.ask(.delete, "/v1/cinemas/\(id)", token: other, ifMatch: "*").status == 404)
            #expect(try await services.cinema.ask(.get, "/v1/cinemas/\(id)/halls", token: other).status == 404)
            #expect(try await services.cinema.ask(.post, "/v1/cinemas/\(id)/halls", token: other, json: CatalogServices.hall).status == 404)
            #expect(try await services.cinema.ask(.get, "/v1/halls/\(hall)/seats", token: other).status == 404)
            let layout = #"{"rows": [{"label": "A", "zone": "z", "cells": "S"}]}"#
            #expect(try await services.cinema.ask(.put, "/v1/halls/\(hall)/layout", token: other, json: layout, ifMatch: "*").status == 404)
            let listed = try await services.cinema.ask(.get, "/v1/cinemas", token: other)
            #expect(listed["items"].items.map { $0["id"].number } == [hidden])
            #expect(try await services.client.ask(.get, "/v1/cinemas/\(hidden)").status == 404)
            let all = try await services.admin.ask(.get, "/v1/cinemas", token: services.administrator)
            #expect(Set(all["items"].items.map { $0["id"].number }) == [id, hidden])
        }
    }

    @Test("A hall gets its seats, and a new layout only from who has seen the present one")
    func hall() async throws {
        try await CatalogServices.with { services in
            let cinema = try await services.addCinema()
            let token = services.merchants[0]
            let added = try await services.cinema.ask(.post, "/v1/cinemas/\(cinema)/halls", token: token, json: CatalogServices.hall)
            #expect(added.status == 201)
            let id = added["id"].number
            #expect(added["seat_count"].number == 11)
            let seats = try await services.cinema.ask(.get, "/v1/halls/\(id)/seats", token: token)
            #expect(seats["seats"].items.count == 11)
            #expect(seats["seats"].items[3]["label"].text == "A5")
            #expect(seats["seats"].items[3]["row"].text == "A" && seats["seats"].items[3]["row_number"].number == 1)
            #expect(seats["seats"].items[3]["column"].number == 5)
            let tag = try #require(seats.headers[.eTag])
            let layout = #"{"rows": [{"label": "1", "zone": "vip", "cells": "WHX"}]}"#
            #expect(try await services.cinema.ask(.put, "/v1/halls/\(id)/layout", token: token, json: layout).status == 428)
            let changed = try await services.cinema.ask(.put, "/v1/halls/\(id)/layout", token: token, json: layout, ifMatch: tag)
            #expect(changed.status == 200)
            #expect(changed["layout_version"].number == 2)
            #expect(changed["seats"].items.map { $0["label"].text } == ["1-1", "1-2", "1-3"])
            #expect(try await services.cinema.ask(.put, "/v1/halls/\(id)/layout", token: token, json: layout, ifMatch: tag).status == 412)
            let broken = #"{"rows": [{"label": "A", "zone": "z", "cells": "S"}, {"label": "B", "zone": "z", "cells": "SLS"}]}"#
            let refused = try await services.cinema.ask(.put, "/v1/halls/\(id)/layout", token: token, json: broken, ifMatch: "*")
            #expect(refused.status == 422)
            #expect(refused.code == "couple_incomplete")
            #expect(refused.pointers == ["/rows/1/cells"])
            let again = try await services.cinema.ask(.post, "/v1/cinemas/\(cinema)/halls", token: token, json: CatalogServices.hall)
            #expect(again.status == 409)
            #expect(again.code == "hall_exists")
            let bad = CatalogServices.hall.replacing("LRLR", with: "LRLL")
            let pointed = try await services.cinema.ask(.post, "/v1/cinemas/\(cinema)/halls", token: token, json: bad)
            #expect(pointed.pointers == ["/layout/rows/0/cells"])
        }
    }

    @Test("Cities are open to everybody, and a cinema's city must be one of them")
    func cities() async throws {
        try await CatalogServices.with { services in
            for service in [services.client, services.cinema, services.admin] {
                let cities = try await service.ask(.get, "/v1/cities?initial=S")
                #expect(cities["items"].items.map { $0["name"].text } == ["上海"])
            }
            #expect(try await services.client.ask(.get, "/v1/cities?initial=s").status == 400)
            #expect(try await services.client.ask(.get, "/v1/cinemas?near=91,0").status == 400)
            #expect(try await services.client.ask(.get, "/v1/cinemas?city=1").status == 400)
            #expect(try await services.client.ask(.get, "/v1/cinemas?cursor=x").status == 400)
            let json = CatalogServices.palace.replacing(#""city_id": 1"#, with: #""city_id": 2"#)
            let refused = try await services.cinema.ask(.post, "/v1/cinemas", token: services.merchants[0], json: json)
            #expect(refused.status == 422)
            #expect(refused.code == "city_unknown")
            #expect(refused.pointers == ["/city_id"])
        }
    }
}
