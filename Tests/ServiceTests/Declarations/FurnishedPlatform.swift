import Callers
import Foundation
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@testable import HTTP

/// A platform with some of everything, and in each realm somebody who may do all there, so that any endpoint can be called as declared.
struct FurnishedPlatform: Sendable {
    let platform: Platform
    private let tokens: [Realm: String]
    /// By the word of the path before it.
    private let ids: [String: String]
    /// For fields of these names.
    private let values: [String: JSONValue]

    static func with(_ environment: [String: String] = [:], _ test: @Sendable (FurnishedPlatform) async throws -> Void) async throws {
        try await Platform.with(Platform.sendingCodes.merging(environment) { $1 }) { platform in
            try await test(try await FurnishedPlatform(platform))
        }
    }

    init(_ platform: Platform) async throws {
        self.platform = platform
        let stage = try await platform.stage()
        let otherMovie = try await platform.movie("House of Flying Daggers")
        try await platform.grantRight(stage.merchant, movieID: otherMovie)
        _ = try await platform.hall(stage.merchant)
        for hours in [4.0, 8.0] {
            let startsAt = stage.startsAt.addingTimeInterval(hours * 3600)
            _ = try await platform.schedule(stage.merchant, hallID: stage.hallID, movieID: otherMovie, startsAt: startsAt)
        }
        _ = try await platform.merchant("bona")
        // Not of the name that examples have, which would sign it out.
        let buyer = try await platform.moviegoer("furnished")
        let (orderID, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1", "A2"])
        let unpaid = try await platform.order(buyer, stage.showtimeID, seats: [try Self.seat("A6", of: stage, platform)])
        #expect(unpaid.status == 201, "\(unpaid.body)")
        let spare = try await platform.holder(.client, grants: ["orders": 1])
        let clerk = try await platform.holder(.cinema, of: stage.merchant.id, grants: ["orders": 1], cinemaIDs: [stage.cinemaID])
        for name in ["First", "Second"] {
            for (path, body) in [
                ("companies", #"{"name": "\#(name)"}"#),
                ("people", #"{"name": "\#(name)"}"#),
                ("reading-phrases", #"{"phrase": "\#(name == "First" ? "第一个" : "第二个")", "reading": "a b c"}"#),
                ("permissions", #"{"name": "\#(name)", "resource": "movies", "bits": \#(name.count)}"#),
                ("permission-groups", #"{"realm": "cinema", "name": "\#(name)", "permission_ids": []}"#),
                ("user-groups", #"{"realm": "client", "name": "\#(name)", "permission_ids": []}"#),
                ("apps", #"{"realm": "client", "name": "\#(name)"}"#),
                ("divisions", #"{"code": "65900\#(name.count)000000", "name": "\#(name)"}"#),
            ] {
                let made = try await platform.admin.ask(.post, "/v1/\(path)", token: platform.administrator, json: body)
                #expect(made.status == 201, "\(path): \(made.body)")
            }
        }
        let reconciliation = try await platform.admin.ask(
            .post, "/v1/reconciliations", token: platform.administrator, json: #"{"gateway": "alipay", "day": "2026-11-01"}"#)
        #expect(reconciliation.status == 202, "\(reconciliation.body)")
        tokens = [.client: buyer, .cinema: stage.merchant.token, .admin: platform.administrator]
        var ids = [
            "cinemas": "\(stage.cinemaID)", "halls": "\(stage.hallID)", "showtimes": "\(stage.showtimeID)", "orders": orderID,
            "movies": "\(stage.movieID)", "cities": "1", "merchants": "\(stage.merchant.id)", "accounts": "\(spare.accountID)",
            "members": "\(clerk.accountID)", "reconciliations": "\(reconciliation["id"].number)",
            "tickets": "\(try #require(tickets.first)["id"].number)",
        ]
        for word in [
            "companies", "people", "reading-phrases", "permissions", "permission-groups", "user-groups", "apps", "divisions",
            "screening-rights",
        ] {
            let listed = try await platform.admin.ask(.get, "/v1/\(word)?limit=100", token: platform.administrator)
            let id = try #require(listed["items"].items.last, "\(word): \(listed.body)")["id"]
            ids[word] = id.text.isEmpty ? "\(id.number)" : id.text
        }
        ids["images"] = try await platform.givePoster(toMovie: stage.movieID)
        self.ids = ids
        values = [
            "cinema_id": .integer(stage.cinemaID), "hall_id": .integer(stage.hallID), "movie_id": .integer(stage.movieID),
            "showtime_id": .integer(stage.showtimeID), "city_id": 1, "merchant_id": .integer(stage.merchant.id),
            "account_id": .integer(spare.accountID), "seat_ids": [.integer(try await Self.seat("A7", of: stage, platform))],
            "ticket_ids": .array(tickets.prefix(1).map { $0["id"] }), "format": "2D", "language": "Mandarin",
            "starts_at": .string(stage.startsAt.addingTimeInterval(86_400).formatted(.iso8601)),
        ]
    }

    private static func seat(_ label: String, of stage: Platform.Stage, _ platform: Platform) async throws -> Int64 {
        try #require(try await platform.seats(stage.showtimeID)[label])["id"].number
    }

    /// Of whoever may do everything in a realm.
    func token(_ realm: Realm) -> String { tokens[realm] ?? "" }

    /// What a service offers, reading first and deleting last.
    static func endpoints(of realm: Realm) throws -> [Endpoint] {
        let all = try Platform.endpoints(realm, try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none")).endpoints
        let order: [Method] = [.get, .post, .put, .patch, .delete]
        return order.flatMap { method in all.filter { $0.method == method } }
    }

    /// The path with the numbers of things that are there.
    ///
    /// - Parameter replacing: the parameter that gets another text.
    func path(of endpoint: Endpoint, replacing: (name: String, text: String)? = nil) -> String {
        var path = ""
        var word = ""
        for segment in endpoint.path.segments {
            switch segment {
            case .literal(let literal):
                path += "/" + literal
                word = literal
            case .parameter(let name, let kind):
                let usual =
                    switch kind {
                    case .id: name == "id" ? ids[word] ?? "1" : "1"
                    case .uuid: word == "orders" ? ids[word] ?? "" : "0f8fad5b-d9cb-469f-a165-70867728950e"
                    case .text: ids[word] ?? "x"
                    }
                path += "/" + (replacing?.name == name ? replacing?.text ?? usual : usual)
            }
        }
        return path.isEmpty ? "/" : path
    }

    /// The parameters without which the endpoint isn't served.
    func requiredQuery(of endpoint: Endpoint) -> [(name: String, value: String)] {
        endpoint.query.map(\.declaration).filter(\.isRequired).map { ($0.name, text(of: $0)) }
    }

    /// A good value of a parameter.
    func text(of declaration: ParameterDeclaration) -> String {
        switch values[declaration.name] ?? declaration.example ?? declaration.schema.example {
        case .string(let text): text
        case let other: other.written
        }
    }

    /// The example of a body, about things that are there.
    func body(_ schema: ObjectSchema) -> JSONValue {
        guard case .object(let members) = schema.example else { return .object([]) }
        return .object(members.map { JSONMember(name: $0.name, value: values[$0.name] ?? $0.value) })
    }

    /// Calls an endpoint as declared but for what is given.
    func call(
        _ endpoint: Endpoint, of realm: Realm, path: String? = nil, query: [(name: String, value: String)] = [], json: String? = nil,
        ifMatch: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Asked {
        var json = json
        if json == nil, case .json(let schema) = endpoint.input { json = body(schema).written }
        let names = query.map(\.name)
        let pairs = requiredQuery(of: endpoint).filter { !names.contains($0.name) } + query
        let text = pairs.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        let method = try #require(HTTPRequest.Method(rawValue: endpoint.method.rawValue))
        return try await platform.service(of: realm).ask(
            method, (path ?? self.path(of: endpoint)) + (text.isEmpty ? "" : "?" + text), token: tokens[realm], json: json,
            ifMatch: ifMatch ?? (endpoint.ifMatch == .required ? "*" : nil), headers: headers)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
            let hexadecimal = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + hexadecimal
        }.joined()
    }
}
