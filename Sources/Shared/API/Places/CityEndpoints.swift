import Callers
package import Database
package import HTTP
package import Shared

/// Cities and their districts, which are the same in all three services.
package struct CityEndpoints: Sendable {
    private let places: Places
    private let pool: PostgresPool

    package init(places: Places, pool: PostgresPool) {
        self.places = places
        self.pool = pool
    }

    package var all: [Endpoint] { [list, show, districts] }

    /// The letters under which a city list is sorted.
    private enum Initial: String, CaseIterable {
        case a = "A", b = "B", c = "C", d = "D", e = "E", f = "F", g = "G", h = "H", i = "I", j = "J", k = "K", l = "L", m = "M"
        case n = "N", o = "O", p = "P", q = "Q", r = "R", s = "S", t = "T", u = "U", v = "V", w = "W", x = "X", y = "Y", z = "Z"
    }

    /// They change a few times a year.
    private static let caching = CachePolicy.publicFor(seconds: 300)

    private static let initial = QueryParameter("initial", .enumeration(Initial.self), "Only cities under this letter.", example: "B")
    private static let text = QueryParameter(
        "q", .text(1...50), "Only cities with this in their name, or at the beginning of its spelling in Latin letters, in any case.",
        example: "bei")
    private static let withCinemas = QueryParameter(
        "with_cinemas", .bool, "Only cities in which a cinema stands, if true.", example: "true")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cities", "Lists the cities, sorted by initial and spelling.",
            access: .open,
            query: [Self.initial, Self.text, Self.withCinemas],
            keepsAnswer: true,
            caching: Self.caching,
            answers: .page(PlaceShape.city, atMost: 500)
        ) { call in
            let filter = CityFilter(
                initial: try call[Self.initial]?.rawValue, text: try call[Self.text], withCinemas: try call[Self.withCinemas] ?? false)
            return .page(try await places.cities(filter, page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/cities/{id}", "Shows a city.",
            access: .open,
            keepsAnswer: true,
            answers: .ok(PlaceShape.city)
        ) { call in
            .ok(try await places.city(call[.id], in: pool))
        }
    }

    var districts: Endpoint {
        Endpoint(
            .get, "/v1/cities/{id}/districts", "Lists the districts of a city by code.",
            access: .open,
            keepsAnswer: true,
            caching: Self.caching,
            answers: .page(PlaceShape.district)
        ) { call in
            let all = try await places.districts(ofCity: call[.id], in: pool)
            return .page(try Page(whole: all, request: call.page, key: \.code))
        }
    }
}
