import Callers
import Foundation
import HTTPTypes
import Shared
import Synchronization
import TestSupport
import Testing
import Text

@testable import HTTP

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
///
/// A number that traps ends this process, so there is nothing to expect of that.
@Suite("Values at the ends of what can be written never lead to a failure of ours")
struct ExtremesTests {
    @Test("Every list, with every extreme cursor", arguments: Realm.allCases)
    func cursors(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var tally = Tally()
            for endpoint in try FurnishedPlatform.endpoints(of: realm) where endpoint.answer.isPage {
                tally.endpoints += 1
                for keys in Self.madeUp {
                    try await tally.take("\(realm) \(endpoint.operation) \(keys)") {
                        try await platform.call(endpoint, of: realm, query: [("cursor", Extremes.cursor(keys))])
                    }
                }
                for query in Self.orders(of: endpoint, platform) {
                    let first = try await platform.call(endpoint, of: realm, query: query + [("limit", "1")])
                    guard let keys = Self.keys(of: first["next"].text) else { continue }
                    tally.genuine += 1
                    for (place, key) in keys.indices.flatMap({ place in Extremes.keys.map { (place, $0) } }) {
                        var keys = keys
                        keys[place] = key
                        try await tally.take("\(realm) \(endpoint.operation) \(query) \(keys)") {
                            try await platform.call(endpoint, of: realm, query: query + [("cursor", Extremes.cursor(keys))])
                        }
                    }
                }
            }
            print("extremes: \(realm), cursors: \(tally)")
            #expect(tally.endpoints >= 10 && tally.genuine >= 5 && tally.served > 0)
        }
    }

    @Test("Every number, day and time in a query or a path, and every tag of a version", arguments: Realm.allCases)
    func parameters(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var tally = Tally()
            for endpoint in try FurnishedPlatform.endpoints(of: realm) {
                let before = tally.cases
                for declaration in endpoint.query.map(\.declaration) + CommonParameterDeclarations.all(of: endpoint) {
                    for value in Extremes.values(for: declaration.schema) {
                        let text = value.hasPrefix("\"") ? String(value.dropFirst().dropLast()) : value
                        try await tally.take("\(realm) \(endpoint.operation) \(declaration.name)=\(text)") {
                            try await platform.call(endpoint, of: realm, query: [(declaration.name, text)])
                        }
                    }
                }
                for (name, _) in endpoint.path.parameters {
                    for id in Extremes.ids {
                        let path = platform.path(of: endpoint, replacing: (name, id))
                        try await tally.take("\(realm) \(endpoint.method) \(path)") {
                            try await platform.call(endpoint, of: realm, path: path)
                        }
                    }
                }
                if endpoint.ifMatch == .required {
                    for tag in Extremes.tags {
                        try await tally.take("\(realm) \(endpoint.operation) If-Match: \(tag)") {
                            try await platform.call(endpoint, of: realm, ifMatch: tag)
                        }
                    }
                }
                if tally.cases > before { tally.endpoints += 1 }
            }
            print("extremes: \(realm), parameters: \(tally)")
            #expect(tally.endpoints >= 20 && tally.served > 0)
        }
    }

    @Test("Every number, day and time in a body", arguments: Realm.allCases)
    func bodies(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var tally = Tally()
            for endpoint in try FurnishedPlatform.endpoints(of: realm) {
                guard case .json(let schema) = endpoint.input else { continue }
                let before = tally.cases
                let body = platform.body(schema)
                for leaf in schema.leaves() {
                    for value in Extremes.values(for: leaf.schema) {
                        let json = body.setting(leaf.path, to: .string(Self.marker), by: .object(schema)).written
                            .replacing("\"\(Self.marker)\"", with: value)
                        try await tally.take("\(realm) \(endpoint.operation) \(leaf.pointer): \(value)") {
                            try await platform.call(endpoint, of: realm, json: json)
                        }
                    }
                }
                if tally.cases > before { tally.endpoints += 1 }
            }
            print("extremes: \(realm), bodies: \(tally)")
            #expect(tally.endpoints >= 3 && tally.served > 0)
        }
    }

    @Test("Every field of a gateway's notice")
    func notices() async throws {
        try await FurnishedPlatform.with { platform in
            let good = Platform.notification(outTradeNo: "P1", amountFen: 4800) + [("gmt_payment", "2026-11-22 20:03:05")]
            var tally = Tally(endpoints: 1)
            for (place, field) in good.enumerated() {
                for value in Extremes.numbers + Extremes.days + ["9223372036854775807-01-01 00:00:00", "0000-00-00 00:00:00"] {
                    var parameters = good
                    parameters[place].value = value
                    let signature = try Platform.keys.get().alipay.sign(AlipayCanonicalText.ofNotification(parameters))
                    let form = AlipayForm.encode(parameters + [("sign_type", "RSA2"), ("sign", signature)])
                    try await tally.take("\(field.name)=\(value)") {
                        try await platform.platform.client.ask(.post, "/v1/payments/alipay/notifications", form: form)
                    }
                }
            }
            print("extremes: notices: \(tally)")
            #expect(tally.served == tally.cases, "A notice is answered 200, whatever it says.")
        }
    }

    private static let marker = "@@value@@"

    /// Keys as no list has given them out: numbers, all the same, as many as lists have.
    private static let madeUp = (1...4).flatMap { count in Extremes.keys.prefix(12).map { Array(repeating: $0, count: count) } }

    /// What makes a list another one: each of its parameters with a good value, and each word of a choice.
    private static func orders(of endpoint: Endpoint, _ platform: FurnishedPlatform) -> [[(name: String, value: String)]] {
        var orders: [[(name: String, value: String)]] = [[]]
        for declaration in endpoint.query.map(\.declaration) where !declaration.isRequired {
            guard case .enumeration(let words, _) = declaration.schema else {
                orders.append([(declaration.name, platform.text(of: declaration))])
                continue
            }
            orders += words.map { [(declaration.name, $0)] }
        }
        return orders
    }

    private static func keys(of cursor: String) -> [String]? {
        guard !cursor.isEmpty else { return nil }
        let base64 = cursor.replacing("-", with: "+").replacing("_", with: "/")
        let padded = base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: padded).flatMap { try? JSONDecoder().decode([String].self, from: $0) }
    }
}

/// What became of the cases.
private struct Tally: CustomStringConvertible {
    var endpoints = 0
    var cases = 0
    /// Lists that gave out a cursor, one for each order.
    var genuine = 0
    /// Answered 200 to 299.
    var served = 0

    /// Asks, and expects no failure of ours, and that no value reached the database which that refuses. A service that is busy is asked again,
    /// as its clients would: a slow machine may refuse one of thousands for the moment, but not for its value.
    mutating func take(_ name: String, _ ask: () async throws -> Asked) async throws {
        let answer = try await eventually {
            let answer = try await ask()
            return answer.status == 503 ? nil : answer
        }
        cases += 1
        if (200..<300).contains(answer.status) { served += 1 }
        #expect(answer.status < 500 && answer.code != "value_refused", "\(name): \(answer.status) \(answer.body)")
        #expect(answer.code != "unauthenticated", "\(name): \(answer.body)")
    }

    var description: String { "\(endpoints) endpoints, \(cases) cases, \(served) served, \(genuine) orders with a cursor of their own" }
}
